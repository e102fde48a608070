"""“Copy as…”: the query of a page as Python, curl, pandas and filter text.

    {% load copy_as %}
    {% copy_runs experiment=experiment filter=text order_by=clauses stage=options.stage data=address %}
    {% copy_runs experiment=experiment runs=run_ids data=address %}
    {% copy_runs filter=text %}                                     all experiments
    {% copy_experiments filter=text order_by=clauses data=address %}
    {% copy_data address %}                                         of a chart or table that no search gives

`data`: the address of the page's data, `….csv` or `….parquet` with its query. `name` tells several on a page apart.
"""

from django import template

from trackui.snippets import (
    ExperimentQuery,
    RunQuery,
    Snippet,
    data_snippets,
    experiment_snippets,
    literal,
    run_ids_filter,
    run_snippets,
)

register = template.Library()

TEMPLATE = "components/_copy_as.html"

register.filter("literal", literal)


@register.inclusion_tag(TEMPLATE, takes_context=True)
def copy_runs(
    context, experiment=None, filter="", runs=(), order_by=(), stage="active", limit=None, data="", name="copy"
):
    """`runs`: run ids, where the page is about these; they are its filter then."""
    query = RunQuery(
        experiments=[experiment.experiment_id] if experiment else [],
        filter=run_ids_filter(runs) if runs else filter,
        order_by=order_by,
        stage="all" if runs else stage,
        limit=limit,
    )
    return copy_menu(run_snippets(server_of(context), query), context, data, name)


@register.inclusion_tag(TEMPLATE, takes_context=True)
def copy_experiments(context, filter="", order_by=(), stage="active", data="", name="copy"):
    query = ExperimentQuery(filter=filter, order_by=order_by, stage=stage)
    return copy_menu(experiment_snippets(server_of(context), query), context, data, name)


@register.inclusion_tag(TEMPLATE, takes_context=True)
def copy_data(context, data, name="copy"):
    return copy_menu([], context, data, name)


def copy_menu(snippets: list[Snippet], context, data: str, name: str) -> dict[str, object]:
    if data:
        snippets = [*snippets, *data_snippets(server_of(context), data, with_curl=not snippets)]
    return {"snippets": sorted(snippets, key=lambda snippet: snippet.kind == "filter"), "name": name}


def server_of(context) -> str:
    return context["request"].build_absolute_uri("/").rstrip("/")
