"""The system's Chromium, driven by playwright."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# No calls home, no GPU.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome. TRACKUI_CHROMIUM names another one."""
    named = os.environ.get("TRACKUI_CHROMIUM")
    if named:
        return named
    on_path = (shutil.which(name) for name in NAMES)
    return next(filter(None, on_path), None) or next(filter(os.path.exists, MAC_APPLICATIONS), None)


def launch(playwright: Playwright) -> Browser:
    executable = find_chromium()
    if executable is None:
        raise RuntimeError("The browser tests need Chromium; `make test` installs it or says how.")
    # Chromium's sandbox refuses to start as root; small containers have a small /dev/shm.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*FLAGS]
    if Path("/dev/shm").exists() and shutil.disk_usage("/dev/shm").total < 512 * 2**20:
        flags.append("--disable-dev-shm-usage")
    return playwright.chromium.launch(executable_path=executable, args=flags)
