"""prune_caches: remove virtual environments and copies of models that were not used for long, or that are too much."""

from django.core.management.base import BaseCommand

from registry.serving.fetched import fetched_models
from trackui.environments.prepared import environments
from trackui.formats import filesize

DAY = 24 * 60 * 60


class Command(BaseCommand):
    help = "Remove virtual environments and copies of models that were not used for long; what is in use stays."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--older-than", type=float, default=30, metavar="DAYS", help="since the last use (30)")
        parser.add_argument("--more-than", type=float, metavar="GIB", help="then the longest unused, down to this much")

    def handle(self, *, older_than: float, more_than: float | None, **options) -> None:
        limit = None if more_than is None else int(more_than * 2**30)
        for what, cache in (("environments", environments()), ("copies of models", fetched_models())):
            removed = cache.prune(older_than=older_than * DAY, more_than=limit)
            self.stdout.write(f"{what}: removed {len(removed)}, {filesize(sum(entry.size for entry in removed))}")
