"""Make sure that there is a Chromium for the browser tests: install Debian's where we may, else say what to install."""

import os
import shutil
import subprocess
import sys

from tests.chromium import find_chromium

HELP = """The browser tests need Chromium, and there is none here. Install it:

  Debian:  sudo apt-get install chromium
  macOS:   brew install --cask chromium   (Google Chrome serves as well)

or name the program of another Chromium or Chrome in TRACKUI_CHROMIUM."""


def install() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *arguments], env=environ, check=False)


if find_chromium() is None:
    install()
if find_chromium() is None:
    sys.exit(HELP)
