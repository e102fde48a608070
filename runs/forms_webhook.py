"""The form of a webhook."""

from django import forms

from runs.models import Experiment, Webhook, WebhookStatus
from runs.services.webhook_edits import MAX_DESCRIPTION_LENGTH, MAX_SECRET_LENGTH, checked_name
from runs.webhooks.addresses import MAX_URL_LENGTH, check_url
from runs.webhooks.events import EVENTS, GROUPS
from trackui.errors import TrackingError
from trackui.search.limits import FILTER_LENGTH

# In the choice of experiments; one that is chosen is always there.
MOST_EXPERIMENTS = 1_000


def text_input(**attrs) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false", **attrs})


class EventsInput(forms.CheckboxSelectMultiple):
    """Boxes to tick, in groups."""

    template_name = "runs/_webhook_events.html"


class WebhookForm(forms.Form):
    name = forms.CharField(
        max_length=63,
        help_text="Letters, digits, dots, underscores and hyphens.",
        widget=text_input(autofocus=True, placeholder="deploy-production"),
    )
    url = forms.CharField(
        label="Address",
        max_length=MAX_URL_LENGTH,
        help_text="Where messages are sent to, by POST.",
        widget=text_input(inputmode="url", placeholder="https://hooks.example.com/trackui"),
    )
    events = forms.MultipleChoiceField(label="Tell of", widget=EventsInput)
    filter = forms.CharField(
        label="Only runs that match",
        required=False,
        max_length=FILTER_LENGTH,
        help_text="As in the search of runs; empty: all that end.",
        widget=text_input(placeholder="status = 'FINISHED' AND metrics.accuracy > 0.9"),
    )
    experiment = forms.ChoiceField(label="Only runs of", required=False, widget=forms.Select(attrs={"class": "input"}))
    secret = forms.CharField(
        required=False,
        max_length=MAX_SECRET_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"}),
    )
    removes_secret = forms.BooleanField(label="Remove the secret: messages are not signed any more", required=False)
    description = forms.CharField(
        required=False,
        max_length=MAX_DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
    )
    is_active = forms.BooleanField(label="Active", required=False, initial=True)

    def __init__(self, *args, webhook: Webhook | None = None, user, **options) -> None:
        super().__init__(*args, **options)
        self.webhook = webhook
        self.fields["events"].choices = event_choices(webhook)
        self.fields["experiment"].choices = [("", "all experiments"), *experiment_choices(webhook, user)]
        if webhook is None or not webhook.secret:
            del self.fields["removes_secret"]
        has_secret = webhook is not None and webhook.secret
        self.fields["secret"].help_text = (
            "One is set. It is not shown; a new one takes its place, and empty keeps it."
            if has_secret
            else "What the receiver checks signatures with. It is kept encrypted, and not shown again."
        )

    def clean_name(self) -> str:
        return self.checked("name", checked_name)

    def clean_url(self) -> str:
        return self.checked("url", check_url)

    def checked(self, field: str, check) -> str:
        value = self.cleaned_data[field]
        try:
            check(value)
        except TrackingError as error:
            raise forms.ValidationError(error.message) from None
        return value

    def wanted(self) -> dict:
        """As the services take it. An empty secret is one that stays."""
        data = self.cleaned_data
        wanted = {
            **{name: data[name] for name in ("name", "url", "events", "filter", "description")},
            "experiment_id": data["experiment"],
            "status": WebhookStatus.ACTIVE if data["is_active"] else WebhookStatus.DISABLED,
        }
        if data["secret"]:
            wanted["secret"] = data["secret"]
        elif data.get("removes_secret"):
            wanted["secret"] = ""
        return wanted


def event_choices(webhook: Webhook | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can happen here, and whatever else the webhook listens to already."""
    groups = dict(GROUPS)
    offered = {name for names in groups.values() for name in names}
    if webhook is not None and (others := [name for name in webhook.events if name not in offered]):
        groups["Others"] = others
    return [(group, [(name, EVENTS[name]) for name in names]) for group, names in groups.items()]


def experiment_choices(webhook: Webhook | None, user) -> list[tuple[str, str]]:
    found = list(Experiment.objects.visible_to(user).active().order_by("name")[:MOST_EXPERIMENTS])
    if webhook is not None and webhook.experiment is not None and webhook.experiment not in found:
        found.append(webhook.experiment)
    return [(experiment.experiment_id, experiment.name) for experiment in found]
