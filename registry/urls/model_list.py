"""The list of models, and what is asked of all of them."""

urlpatterns = []
