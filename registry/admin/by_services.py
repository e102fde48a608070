"""What is edited in the admin as everywhere else: by the services, so that it leaves events."""

from django.contrib import messages
from django.http import HttpResponseRedirect

from runs.admin import LeanAdmin
from trackui.errors import TrackingError
from trackui.transactions import joined


class ServiceAdmin(LeanAdmin):
    """Writes in `store(user, row, form, is_new)` and `remove(user, row)`, which call services.

    Django has a transaction open while a form is saved or a row deleted; services become parts of it. What they
    refuse undoes it, and is told above the form.
    """

    def store(self, user, row, form, *, is_new: bool) -> None:
        raise NotImplementedError

    def remove(self, user, row) -> None:
        raise NotImplementedError

    def save_model(self, request, obj, form, change):
        with joined():
            self.store(request.user, obj, form, is_new=not change)

    def save_related(self, request, form, formsets, change):
        """Nothing: the services have stored all."""

    def delete_model(self, request, obj):
        with joined():
            self.remove(request.user, obj)

    def delete_queryset(self, request, queryset):
        """Of a page at most; each a transaction of its own."""
        for row in queryset:
            self.remove(request.user, row)

    def changeform_view(self, request, *args, **kwargs):
        return self.told(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        return self.told(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        return self.told(request, super().changelist_view, *args, **kwargs)

    def told(self, request, view, *args, **kwargs):
        """The view's answer; what a service refused as a message on the page it came from."""
        try:
            return view(request, *args, **kwargs)
        except TrackingError as error:
            if request.method != "POST":  # it would be asked the same again
                raise
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_deleted_objects(self, objs, request):
        """What goes along is not listed row by row: it may be very much."""
        return [self.farewell(row) for row in objs], {}, set(), []

    def farewell(self, row) -> str:
        return str(row)
