"""Fetch the vendored packages again with `npm pack`, and write VENDORED.md.

    python static/vendor/refresh.py

To take a newer version, change it here, run this, and change the names in templates/base.html
(htmx) or static/js/lib/plotly.js (plotly).
"""

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

# npm package, version, file in the package, stem of the file here, licence
PACKAGES = [
    ("htmx.org", "4.0.1", "dist/htmx.min.js", "htmx", "0BSD"),
    ("plotly.js-strict-dist-min", "4.1.1", "plotly-strict.min.js", "plotly-strict", "MIT"),
]


def main() -> None:
    table = HERE / "VENDORED.md"
    head = table.read_text().split("|---|---|---|---|---|\n")[0] + "|---|---|---|---|---|\n"
    rows = [refresh(*package) for package in PACKAGES]
    table.write_text(head + "".join(rows))


def refresh(package: str, version: str, member: str, stem: str, licence: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"{package}@{version}", "--silent"]
        subprocess.run(command, cwd=folder, check=True)  # noqa: S603 (the list above, nothing else)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            script = packed.extractfile(f"package/{member}").read()
            licence_text = packed.extractfile("package/LICENSE").read()
    for old in HERE.glob(f"{stem}-*.min.js"):
        old.unlink()
    name = f"{stem}-{version}.min.js"
    (HERE / name).write_bytes(script)
    (HERE / f"{stem}-LICENSE.txt").write_bytes(licence_text)
    return f"| {name} | {package} | {version} | {licence} | {hashlib.sha256(script).hexdigest()} |\n"


if __name__ == "__main__":
    main()
