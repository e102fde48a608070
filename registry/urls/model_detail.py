"""The page of a registered model."""

urlpatterns = []
