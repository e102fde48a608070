"""The native API of the registry, below /api/v1/."""

urlpatterns = []
