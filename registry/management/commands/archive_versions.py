"""archive_versions: put away versions that nothing points to and that have served their time."""

import sys

from django.core.management.base import BaseCommand, CommandError

from registry.models import ModelVersion
from registry.services.retention import CHUNK, MOST_DAYS, archive_outlived, made_before, reason
from trackui.database_transfer.progress import Progress
from trackui.formats import absolute_time


class Command(BaseCommand):
    help = "Archive versions without an alias that are in no stage and older than so many days."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--older-than", type=int, required=True, metavar="DAYS")
        parser.add_argument("--dry-run", action="store_true", help="only list them")
        parser.add_argument("--note", help="stands in the history of each")

    def handle(self, *, older_than: int, dry_run: bool, note: str | None, **options) -> None:
        if not 1 <= older_than <= MOST_DAYS:
            raise CommandError(f"--older-than is from 1 to {MOST_DAYS:,} days.")
        before = made_before(older_than)
        found = list(ModelVersion.objects.outlived(before).values_list("pk", "name", "version", "creation_time"))
        if dry_run:
            for _, name, version, created in found:
                self.stdout.write(f"models:/{name}/{version}  made {absolute_time(created)}")
            self.stdout.write(f"{counted(len(found))} would be archived.")
            return
        archived = 0
        with Progress(sys.stderr, "versions", len(found)) as progress:
            for start in range(0, len(found), CHUNK):
                chunk = [pk for pk, *_ in found[start : start + CHUNK]]
                archived += archive_outlived(chunk, before=before, note=note or reason(older_than), user=None)
                progress.advance(len(chunk))
        self.stdout.write(f"{counted(archived)} archived.")


def counted(count: int) -> str:
    return f"{count:,} {'version' if count == 1 else 'versions'}"
