"""Figures and numbers that explain what made runs good."""

urlpatterns = []
