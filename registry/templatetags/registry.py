"""Models and versions in every template: stages, links that narrow down, the versions a run has given."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from registry.models import Stage
from registry.queries import model_events
from registry.queries.event_words import event_words, kind_words
from registry.queries.made_versions import made_versions
from registry.queries.version_table import VersionRow
from registry.snippets import first_model, first_version, model_snippets, version_snippets
from runs.artifacts.mlmodel import FILE_NAME
from runs.templatetags.run_cells import cell_html
from runs.templatetags.runs import address_of
from trackui import formats
from trackui.clock import now_ms
from trackui.templatetags.copy_as import TEMPLATE, copy_menu, server_of

register = template.Library()
register.filter("event_words", event_words)
register.filter("kind_words", kind_words)

NARROWING = ("q", "stage", "stale", "production_older", "unaliased", "user_id", "alias", "archived", "kind")
TAGS = "tags."


@register.simple_tag(takes_context=True)
def choice_link(context, field, value):
    """The address with this one value of a parameter, or without it where it is there already."""
    query = context["request"].GET.copy()
    query.setlist(field, [] if query.get(field) == value else [value])
    return address_of(query)


@register.simple_tag(takes_context=True)
def without_narrowing(context):
    """The address of all models or versions there are, in its order."""
    query = context["request"].GET.copy()
    for name in list(query):
        if name in NARROWING or name.startswith(TAGS):
            del query[name]
    return address_of(query)


@register.simple_tag
def stage_badge(stage, version=None, href=""):
    """A stage as a chip, with the version in it where one is given; nothing for None."""
    if stage == Stage.NONE:
        return ""
    words = stage if version is None else f"{stage} {version}"
    tone = f"stage {str(stage).lower()}"
    if href:
        return format_html('<a class="badge {}" href="{}">{}</a>', tone, href, words)
    return format_html('<span class="badge {}">{}</span>', tone, words)


@register.filter
def age(milliseconds):
    """How old something is: `3 h`, `45 d`."""
    return formats.age(milliseconds, now_ms())


@register.simple_tag
def version_address(name, version):
    return reverse("models:version_detail", args=[name, version])


@register.simple_tag(takes_context=True)
def latest_moves(context):
    """Stages and aliases that were moved last. One statement."""
    return model_events.latest_moves(context["request"].user)


@register.simple_tag(takes_context=True)
def versions_of_run(context, run, models=()):
    """Versions made of a run, or of logged models that it made (rows of its page). One statement, two with any."""
    ids = [row.model_id for row in models if row.is_output]
    return made_versions(run_ids=[run.run_id], model_ids=ids, user=context["request"].user)


@register.simple_tag
def register_address(run, model_id="", path=""):
    """Where a model of a run is registered: a logged model, or a folder among the run's artifacts."""
    query = {"run": run.run_id}
    if model_id:
        query["source"] = f"models:/{model_id}"
    elif path:
        query["source"] = f"runs:/{run.run_id}/{path}"
    return f"{reverse('models:register')}?{urlencode(query)}"


@register.filter
def holds_model(listing):
    """Whether a folder of artifacts is a model's."""
    return any(entry.name == FILE_NAME and not entry.is_dir for entry in listing.entries)


@register.simple_tag
def version_key(version):
    """How addresses of several versions name one: `Name/3`."""
    return f"{version.name}/{version.version}"


@register.simple_tag
def version_cells(row: VersionRow) -> SafeString:
    """`<td>` after `<td>`: the metrics of a version."""
    return mark_safe("".join(cell_html(row.run, head, cell) for head, cell in row.cells))  # noqa: S308 - escaped there


@register.simple_tag
def first_model_snippet(server_address):
    return first_model(server_address)


@register.inclusion_tag(TEMPLATE, takes_context=True)
def copy_models(context, options, data):
    """“Copy as…” of the list of models."""
    return copy_menu(model_snippets(server_of(context), options), context, data, "copy")


@register.simple_tag(takes_context=True)
def first_version_snippet(context, name):
    return first_version(server_of(context), name)


@register.inclusion_tag(TEMPLATE, takes_context=True)
def copy_versions(context, model, options, data):
    """“Copy as…” of the versions of a model."""
    return copy_menu(version_snippets(server_of(context), model, options), context, data, "copy")
