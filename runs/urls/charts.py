"""The charts of an experiment."""

urlpatterns = []
