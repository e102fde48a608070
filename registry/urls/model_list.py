"""The list of models, and what is asked of all of them."""

from django.urls import path

import runs.urls.converters  # noqa: F401 - registers the parts of addresses
from registry.views import model_events, model_list
from trackui.replica import reads_replica as read

urlpatterns = [
    path("models/", read(model_list.models), name="model_list"),
    path("models.<form:form>", read(model_list.models_file), name="model_list_file"),
    path("model-events/", read(model_events.events), name="model_events"),
    path("model-events.<form:form>", read(model_events.events_file), name="model_events_file"),
]
