"""Addresses of pages that people keep under a name."""

from django.db import models
from django.db.models import Q
from django.http import QueryDict

# What of an address says nothing of the view.
PASSING = ("saved", "view_default", "page", "theme", "explain")


class Page(models.TextChoices):
    RUNS = "runs", "runs"
    GROUPS = "groups", "groups"
    CHARTS = "charts", "charts"
    EXPLORE = "explore", "explore"


def view_query(text: str) -> str:
    """The query of an address as a view keeps it: the number of the page, the theme and their like are left out."""
    query = QueryDict(text.removeprefix("?"), mutable=True)
    for name in PASSING:
        query.pop(name, None)
    return query.urlencode()


class SavedView(models.Model):
    """A page of an experiment, or of all where it has none, with the query of its address.

    `owner`: who made it; without accounts the browser that did, by a name of its own. Others see it where it is
    shared. A default is what the page shows where an address says nothing: the experiment's where it is shared,
    else the owner's own. Times are milliseconds since the epoch.
    """

    experiment = models.ForeignKey(
        "runs.Experiment", null=True, blank=True, on_delete=models.CASCADE, related_name="views"
    )
    page = models.CharField(max_length=8, choices=Page, default=Page.RUNS)
    name = models.CharField(max_length=200)
    query = models.TextField(blank=True)
    owner = models.CharField(max_length=256, blank=True)
    is_shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    creation_time = models.BigIntegerField()
    last_update_time = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "page", "owner", "name"], name="one_view_a_name", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["experiment", "page"],
                condition=Q(is_default=True, is_shared=True),
                name="one_default_an_experiment",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["experiment", "page", "owner"],
                condition=Q(is_default=True, is_shared=False),
                name="one_default_an_owner",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name
