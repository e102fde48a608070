import pytest


@pytest.fixture
def admin_pages(pages, django_user_model):
    """A browser in which ada, who may do everything, has logged in."""
    pages.force_login(django_user_model.objects.create(username="ada", is_staff=True, is_superuser=True))
    return pages
