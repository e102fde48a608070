"""Arguments that the commands about one model share."""

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from registry.serving.preparing import ENV_MANAGERS, VIRTUALENV


def add_model_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="models:/Name@alias, models:/Name/Production, /3 or /latest, runs:/RUN_ID/path, or a folder",
    )


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    add_model_argument(parser)
    parser.add_argument("--workers", type=number(1, 64), default=1, help="scoring processes, each with the model (1)")
    parser.add_argument(
        "--env-manager",
        choices=ENV_MANAGERS,
        default=VIRTUALENV,
        help="virtualenv: of the model's requirements, built once; local: an interpreter that has them already",
    )
    parser.add_argument("--python", default=sys.executable, help="that interpreter, for local (the one that runs this)")
    add_loader_argument(parser)


def add_loader_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-loader",
        action="append",
        default=[],
        metavar="MODULE",
        help="take a model that is loaded by this module, which is not MLflow's own",
    )


def number(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not lowest <= value <= highest:
            raise argparse.ArgumentTypeError(f"it must lie between {lowest} and {highest}")
        return value

    parse.__name__ = "whole number"
    return parse


def interpreter(given: str) -> Path:
    found = shutil.which(given)
    if found is None:
        raise CommandError(f"--python {given}: there is no such program.")
    return Path(found).absolute()  # not resolved: an environment's interpreter is a link


def checked_loaders(given: list[str]) -> tuple[str, ...]:
    return (*settings.TRACKUI_LOADER_MODULES, *given)
