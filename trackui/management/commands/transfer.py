"""transfer: move everything from SQLite to PostgreSQL, or back."""

from django.core.management.base import BaseCommand, CommandError

from trackui.database_transfer.errors import TransferError
from trackui.database_transfer.transfer import Transfer
from trackui.database_transfer.verification import TableCheck

PROBLEMS_SHOWN = 20
INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Copy a whole database from SQLite to PostgreSQL or back, and compare every row of both at the end. "
        "Stop the server first. When it is interrupted, the same command goes on from there."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser) -> None:
        parser.add_argument("source", help="sqlite:///path or postgres://user:password@host/name; is only read")
        parser.add_argument("target", help="an empty database, or that of a transfer that was interrupted")

    def handle(self, *, source: str, target: str, **options) -> None:
        self.stdout.ending = ""  # a bar is drawn over itself
        try:
            transfer = Transfer(source, target, stream=self.stdout)
            try:
                checks = transfer.run()
            finally:
                transfer.close()
        except TransferError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. The same command goes on from here.")
            raise SystemExit(INTERRUPTED) from None
        self.report(checks)

    def report(self, checks: list[TableCheck]) -> None:
        width = max(len(check.table.name) for check in checks)
        self.stdout.write(f"{'table':{width}} {'source rows':>15} {'target rows':>15}  checksum\n")
        for check in checks:
            verdict = "differs" if check.problems else check.checksum
            self.stdout.write(
                f"{check.table.name:{width}} {check.source_rows:15,} {check.target_rows:15,}  {verdict}\n"
            )
        problems = [problem for check in checks for problem in check.problems]
        for problem in problems[:PROBLEMS_SHOWN]:
            self.stderr.write(self.style.ERROR(problem))
        if problems:
            more = f" ({len(problems) - PROBLEMS_SHOWN} more are not shown)" if len(problems) > PROBLEMS_SHOWN else ""
            raise CommandError(
                f"The databases differ in {len(problems)} ranges{more}. Nothing may write to either while a transfer "
                "runs: stop the server, empty the target, and transfer again."
            )
        self.stdout.write(f"All {sum(check.target_rows for check in checks):,} rows are equal.\n")
