"""Webhooks, and what was sent for them. None reads the replica: a page that follows a change must see it."""

from django.urls import path

from runs.views import webhook_edit, webhooks

urlpatterns = [
    path("webhooks/", webhooks.webhook_list, name="webhook_list"),
    path("webhooks.<form:form>", webhooks.webhook_list_file, name="webhook_list_file"),
    path("webhooks/new", webhook_edit.webhook_create, name="webhook_create"),
    path("webhooks/<str:webhook_id>/", webhooks.webhook_detail, name="webhook_detail"),
    path("webhooks/<str:webhook_id>/edit", webhook_edit.webhook_update, name="webhook_update"),
    path("webhooks/<str:webhook_id>/delete", webhook_edit.webhook_delete, name="webhook_delete"),
    path("webhooks/<str:webhook_id>/test", webhook_edit.webhook_test, name="webhook_test"),
    path("webhooks/<str:webhook_id>/deliveries.<form:form>", webhooks.delivery_list_file, name="delivery_list_file"),
    path("webhooks/<str:webhook_id>/deliveries/<str:delivery_id>", webhooks.delivery_detail, name="delivery_detail"),
    path(
        "webhooks/<str:webhook_id>/deliveries/<str:delivery_id>/again",
        webhook_edit.delivery_again,
        name="delivery_again",
    ),
]
