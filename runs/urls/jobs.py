"""Long work, and what people changed."""

urlpatterns = []
