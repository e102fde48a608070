"""Fetch the vendored packages again with `npm pack`, and write the tables of VENDORED.md.

    python static/vendor/refresh.py

To take a newer version, change it here, run this, and change the names where they are used: templates/base.html
(htmx), static/js/lib/plotly.js (plotly), runs/charts/png.py (dejavu-sans), tests/browser/axe.py (axe-core).
"""

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
# What only tests load is not served.
OF_TESTS = HERE.parent.parent / "tests/browser/vendor"
HEAD = "|---|---|---|---|---|\n"


class Package(NamedTuple):
    """`member`: the file in the package; `stem`, `ending`: its name here, with the version between them."""

    name: str
    version: str
    member: str
    stem: str
    ending: str
    licence: str

    @property
    def file(self) -> str:
        return f"{self.stem}-{self.version}{self.ending}"


PACKAGES = {
    HERE: [
        Package("htmx.org", "4.0.1", "dist/htmx.min.js", "htmx", ".min.js", "0BSD"),
        Package("plotly.js-strict-dist-min", "4.1.1", "plotly-strict.min.js", "plotly-strict", ".min.js", "MIT"),
        # Texts of charts drawn as PNG: Latin, Greek, Cyrillic and the signs of numbers.
        Package("dejavu-fonts-ttf", "2.37.3", "ttf/DejaVuSans.ttf", "dejavu-sans", ".ttf", "Bitstream-Vera"),
    ],
    OF_TESTS: [
        Package("axe-core", "4.14.1", "axe.min.js", "axe", ".min.js", "MPL-2.0"),
    ],
}


def main() -> None:
    for folder, packages in PACKAGES.items():
        table = folder / "VENDORED.md"
        head = table.read_text().split(HEAD)[0] + HEAD
        table.write_text(head + "".join(refresh(folder, package) for package in packages))


def refresh(folder: Path, package: Package) -> str:
    with tempfile.TemporaryDirectory() as place:
        command = ["npm", "pack", f"{package.name}@{package.version}", "--silent"]
        subprocess.run(command, cwd=place, check=True)  # noqa: S603 (the list above, nothing else)
        (archive,) = Path(place).glob("*.tgz")
        with tarfile.open(archive) as packed:
            content = packed.extractfile(f"package/{package.member}").read()
            licence_text = packed.extractfile("package/LICENSE").read()
    for old in folder.glob(f"{package.stem}-*{package.ending}"):
        old.unlink()
    (folder / package.file).write_bytes(content)
    (folder / f"{package.stem}-LICENSE.txt").write_bytes(licence_text)
    checksum = hashlib.sha256(content).hexdigest()
    return f"| {package.file} | {package.name} | {package.version} | {package.licence} | {checksum} |\n"


if __name__ == "__main__":
    main()
