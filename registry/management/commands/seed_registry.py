"""seed_registry: registered models with versions and a history, made up and stored in seconds."""

import sys
import time

from django.core.management.base import BaseCommand, CommandError

from registry.models import RegisteredModel
from registry.seeding.history import seeded_models
from registry.seeding.storing import store_models
from trackui.clock import now_ms
from trackui.database_transfer.progress import Progress


class Command(BaseCommand):
    help = "Fill the registry: believable models, versions, stages, aliases, tags and events, without files."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--models", type=int, default=1_000)
        parser.add_argument("--versions", type=int, default=20, help="of each model")
        parser.add_argument("--days", type=int, default=300, help="over which it all happened")
        parser.add_argument("--seed", type=int, default=1, help="the same makes the same models")

    def handle(self, *, models: int, versions: int, days: int, seed: int, **options) -> None:
        if not (1 <= models <= 100_000 and 0 <= versions <= 100_000 and models * max(versions, 1) <= 10_000_000):
            raise CommandError(
                "--models is from 1 to 100,000, --versions from 0 to 100,000, and 10,000,000 versions at most."
            )
        if not (7 <= days <= 3_650 and 0 <= seed < 2**20):
            raise CommandError("--days is from 7 to 3,650, --seed from 0 to 1,048,575.")
        newest = RegisteredModel.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        made = seeded_models(newest + 1, models, versions=versions, days=days, end=now_ms(), seed=seed)
        began = time.monotonic()
        with Progress(sys.stderr, "models", models) as progress:
            store_models(made, versions=versions, tell=progress.advance)
        seconds = time.monotonic() - began
        self.stdout.write(f"{models:,} models of {versions:,} versions each in {seconds:.0f} s.")
