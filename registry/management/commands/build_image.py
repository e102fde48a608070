"""build_image: an image that serves one model, with no need of this server."""

import shutil
import tempfile
from contextlib import nullcontext
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from registry.management.model_arguments import add_loader_argument, add_model_argument, checked_loaders
from registry.serving.fetched import fetched_model
from registry.serving.image.context import write_context
from registry.serving.image.engine import ENGINES, NAME, answering_engine, build
from registry.serving.model_folder import read_model_folder
from registry.serving.resolved import resolved_model
from trackui.errors import TrackingError

MARK = "# A model behind MLflow's scoring protocol"


class Command(BaseCommand):
    help = "Write a Dockerfile with all that serves a model by gunicorn, and build it where docker or podman answers."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        add_model_argument(parser)
        parser.add_argument("--name", required=True, help="of the image, such as churn:3")
        parser.add_argument("--context-only", type=Path, metavar="DIR", help="write what it is built from, and stop")
        add_loader_argument(parser)

    def handle(self, *, model: str, name: str, context_only: Path | None, allow_loader: list, **options) -> None:
        if not NAME.fullmatch(name):
            raise CommandError(f"--name {name}: images are called like churn:3 or registry.example/team/churn.")
        target = context_only or settings.TRACKUI_DATA / "images" / name.replace("/", "_").replace(":", "_")
        try:
            self.write(model, target, checked_loaders(allow_loader))
        except (TrackingError, OSError) as error:
            raise CommandError(str(error)) from None
        except Error as error:
            raise CommandError(f"The database cannot be used ({error}). `manage.py serve` prepares it.") from None
        self.stdout.write(f"Wrote {target}")
        if context_only:
            return
        engine = answering_engine()
        if engine is None:
            raise CommandError(
                f"No engine of {' or '.join(ENGINES)} answers here. All that the image needs is in {target}: "
                f"build it where one does, by `docker build --tag {name} {target}`."
            )
        if not build(engine, name, target):
            raise CommandError(f"The image could not be built; what it is built from is in {target}.")
        self.stdout.write(f"Built {name}: docker run -p 8080:8080 {name}")

    def write(self, uri: str, target: Path, loaders: tuple[str, ...]) -> None:
        """Whole or not at all, in place of an earlier one."""
        check_replaceable(target)
        resolved = resolved_model(uri, user=None)
        held = nullcontext() if resolved.folder else fetched_model(resolved.stored, say=self.stdout.write)
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
        try:
            with held as fetched:
                folder = read_model_folder(resolved.folder or fetched.path, allowed=loaders)
                python = write_context(resolved, folder, staging)
            if folder.python_version and not folder.python_version.startswith(python):
                self.stderr.write(f"The model was made with Python {folder.python_version}; the image has {python}.")
            shutil.rmtree(target, ignore_errors=True)
            staging.rename(target)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise


def check_replaceable(target: Path) -> None:
    """A folder of something else is not removed."""
    dockerfile = target / "Dockerfile"
    is_ours = dockerfile.is_file() and dockerfile.read_text(errors="replace").startswith(MARK)
    if target.exists() and not is_ours and (not target.is_dir() or any(target.iterdir())):
        raise CommandError(f"{target} is there, and was not written by build_image.")
