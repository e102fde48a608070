"""predict: a file of rows through a model, chunk by chunk, into a file with predictions."""

import os
import shutil
import signal
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from registry.management.model_arguments import add_model_arguments, checked_loaders, interpreter, number
from registry.management.progress import RowsProgress
from registry.serving.batch.reading import READERS, BadInput
from registry.serving.batch.scoring import BatchFailed, score_file
from registry.serving.batch.writing import SINKS
from registry.serving.front.scoring import Scorers
from registry.serving.preparing import Preparation, prepared_model
from registry.serving.resolved import resolved_model
from registry.serving.scorers import CannotLoad
from registry.serving.supervisor import Supervisor, socket_folder
from trackui.environments.building import CannotBuild
from trackui.errors import TrackingError

# For one chunk: a large model may take its time.
CHUNK_SECONDS = 3600.0


class Command(BaseCommand):
    help = "Score the rows of a CSV, Parquet or JSON file with a model, in memory that does not grow with the file."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        add_model_arguments(parser)
        kinds = ", ".join(READERS)
        parser.add_argument("--input", type=Path, required=True, help=f"file of rows: {kinds}")
        parser.add_argument("--output", type=Path, required=True, help=f"file that is made: {kinds}")
        parser.add_argument("--chunk-rows", type=number(1, 1_000_000), default=10_000, help="rows at a time (10,000)")
        parser.add_argument("--only-predictions", action="store_true", help="leave out the columns of the input")

    def handle(self, *, model: str, **options) -> None:
        os.umask(0o077)
        source, target = options["input"], options["output"]
        check_files(source, target)
        python = interpreter(options["python"])
        signal.signal(signal.SIGTERM, interrupt)
        progress = RowsProgress(sys.stderr)
        folder = socket_folder(settings.TRACKUI_DATA / "servers")
        supervisor = Supervisor(folder, workers=options["workers"])
        try:
            how = Preparation(
                folder=folder,
                env_manager=options["env_manager"],
                python=python,
                threads=1,
                loaders=checked_loaders(options["allow_loader"]),
                say=self.say,
            )
            prepared = prepared_model(resolved_model(model, user=None), how)
            supervisor.load(prepared.launch, when_gone=prepared.held.close)
            progress.begin()
            rows = score_file(
                source,
                target,
                scorers=Scorers(supervisor.board, seconds=CHUNK_SECONDS),
                model=prepared.folder,
                workers=options["workers"],
                rows=options["chunk_rows"],
                only_predictions=options["only_predictions"],
                tell=progress.tell,
            )
        except (TrackingError, CannotBuild, CannotLoad, BatchFailed, BadInput, OSError) as error:
            progress.end()
            raise CommandError(str(error)) from None
        except Error as error:
            raise CommandError(f"The database cannot be used ({error}). `manage.py serve` prepares it.") from None
        except KeyboardInterrupt:
            progress.end()
            raise CommandError("Stopped; nothing was written.") from None
        finally:
            supervisor.stop()
            shutil.rmtree(folder, ignore_errors=True)
        progress.end()
        self.say(f"{rows:,} rows in {target}")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def check_files(source: Path, target: Path) -> None:
    if source.suffix.lower() not in READERS:
        raise CommandError(f"--input {source}: its name must end in {', '.join(READERS)}.")
    if target.suffix.lower() not in SINKS:
        raise CommandError(f"--output {target}: its name must end in {', '.join(SINKS)}.")
    if not source.is_file():
        raise CommandError(f"--input {source}: there is no such file.")
    if not target.absolute().parent.is_dir():
        raise CommandError(f"--output {target}: there is no folder {target.parent}.")


def interrupt(signum, frame) -> None:
    raise KeyboardInterrupt
