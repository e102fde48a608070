"""Runs grouped by their params."""

urlpatterns = []
