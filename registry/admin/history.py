"""What is only looked at in the admin: what happened, and which servers score."""

from django.contrib import admin

from registry.models import ModelEvent, ModelServer
from runs.admin import IngestedAdmin, excerpt, moment


@admin.register(ModelEvent)
class ModelEventAdmin(IngestedAdmin):
    """Never edited."""

    list_display = ["name", "version", "kind", "key", "user_id", "at"]
    list_filter = ["kind"]
    search_fields = ["=name", "=user_id", "=key"]
    search_help_text = "A whole name of a model, of a user, of a tag or an alias."
    ordering = ["-id"]
    fields = ["at", "user_id", "kind", "name", "version", "key", "before_text", "after_text", "note"]
    at = moment("time", "when")
    before_text = excerpt("before", "before")
    after_text = excerpt("after", "after")

    def get_queryset(self, request):
        """The list leaves out what may be long."""
        rows = super().get_queryset(request)
        is_list = request.resolver_match.url_name.endswith("_changelist")
        return rows.defer("before", "after", "note") if is_list else rows


@admin.register(ModelServer)
class ModelServerAdmin(IngestedAdmin):
    """They tell of themselves."""

    list_display = ["uri", "address", "process_id", "started", "heard", "ended"]
    search_fields = ["uri", "=address"]
    search_help_text = "Any part of what it serves, or a whole address."
    ordering = ["-id"]
    fields = ["uri", "model_version", "address", "process_id", "run_id", "started", "heard", "ended"]
    list_select_related = ["model_version"]
    started = moment("start_time", "started")
    heard = moment("beat_time", "last heard of")
    ended = moment("end_time", "ended")
