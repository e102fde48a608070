"""Wheels of one module, made on the spot: tests install them without a network."""

import zipfile
from pathlib import Path


def make_wheel(folder: Path, *, name: str = "tinydep", version: str = "1.0", path: str = "") -> Path:
    """A pure wheel of the module `name` with a console script of the same name; with `path` it has no module, and an
    environment that it is installed into finds those of that folder.
    """
    info = f"{name}-{version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if path:
        files[f"{name}.pth"] = f"{path}\n"
    else:
        files[f"{name}.py"] = "ANSWER = 42\n\n\ndef main():\n    print(ANSWER)\n"
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{name} = {name}:main\n"
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel
