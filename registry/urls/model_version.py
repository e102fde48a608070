"""The page of a version, and versions side by side."""

urlpatterns = []
