"""What a model's environment needs, from requirements.txt, python_env.yaml or conda.yaml.

Lines are kept as pip reads them, and files they refer to are read in. A line that names a file must name one inside the
model's folder: pip would otherwise read any file of the machine into its messages, or install it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

from trackui.errors import InvalidParameterValue, shorten
from trackui.plain_yaml import plain_yaml

MOST_LINES = 5_000
DEEPEST_FILE = 5
# -r other.txt, --requirement=other.txt, -c constraints.txt
REFERENCE = re.compile(r"(-r|--requirement|-c|--constraint)(?:\s+|=|(?<=-[rc]))(\S+)\s*")
FILE_OPTION = re.compile(r"(?:-e|--editable|-f|--find-links)(?:\s+|=|(?<=-[ef]))(\S+)\s*")
# Where packages come from: no file, and nobody on the way may change them.
INDEX_OPTION = re.compile(r"(?:-i|--index-url|--extra-index-url)(?:\s+|=|(?<=-i))(\S+)\s*")
# What else a line may say; pip would take any other by its first letters, and several in a line.
OTHER_OPTION = re.compile(
    r"--(?:pre|no-index|prefer-binary|require-hashes)|--(?:no-binary|only-binary|use-feature)(?:\s+|=)[\w.,:-]+"
)
# The system's own settings, which pip would put in.
VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")
LOCAL = re.compile(r"(?:[./~]|file:)|[^@\s]*[/\\]|[^@\s]*\.(?:whl|zip|tar\.\w+)\b", re.IGNORECASE)
DIRECT = re.compile(r"[^@\s\[]+\s*(?:\[[^]]*\])?\s*@\s*(\S+)")
URL = re.compile(r"(?:git\+)?(?:https|ssh)://", re.IGNORECASE)
PYTHON = re.compile(r"python\s*={1,2}\s*([\d.]+)")

ReadText = Callable[[str], "str | None"]


@dataclass(frozen=True, slots=True)
class Requirements:
    lines: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    python_version: str = ""


def read_requirements(read: ReadText, env: dict[str, str]) -> Requirements:
    """`read` gives the text of a file of the model, or None; `env` names its environment files by kind.

    requirements.txt is what counts; models of MLflow 1 have it in conda.yaml alone.
    """
    python_env = yaml_file(read, env.get("virtualenv", ""))
    conda = yaml_file(read, env.get("conda", ""))
    version = str(python_env.get("python") or "") or conda_python(conda)
    if read("requirements.txt") is not None:
        lines = ["-r requirements.txt"]
    else:
        lines = texts(python_env.get("dependencies")) or conda_pip(conda)
    kept: tuple[list[str], list[str]] = ([], [])
    for line in lines:
        add_line(line, "requirements", read, kept)
    return Requirements(tuple(kept[0]), tuple(kept[1]), version)


def add_line(line: str, where: str, read: ReadText, kept: tuple[list[str], list[str]], depth: int = 0) -> None:
    """Into `kept` (requirements, constraints); the lines of a file it refers to in its place."""
    line = re.sub(r"(^|\s)#.*", "", line).strip()
    if not line:
        return
    if line.endswith("\\") or len(line.splitlines()) > 1:
        raise InvalidParameterValue(f"{where}: {shorten(line)!r} is more or less than a line.")
    if sum(map(len, kept)) >= MOST_LINES or depth > DEEPEST_FILE:
        raise InvalidParameterValue(f"{where}: it has more than {MOST_LINES:,} lines, or files within files.")
    if reference := REFERENCE.fullmatch(line):
        name = inside(reference[2], where)
        text = read(name)
        if text is None:
            raise InvalidParameterValue(f"{where}: it refers to {shorten(name)!r}, which is not in the model's folder.")
        target = (kept[1], kept[1]) if reference[1] in ("-c", "--constraint") else kept
        for each in text.replace("\\\n", " ").splitlines():
            add_line(each, name, read, target, depth + 1)
        return
    check_line(line, where)
    kept[0].append(line)


def check_line(line: str, where: str) -> None:
    """What it installs is a name, a file of the model or an https address; an option stands alone and is one we know.

    What is built from it runs with the operator's rights, as the model itself does: this keeps other files of the
    machine out of it, and strangers on the way.
    """
    option, direct = FILE_OPTION.fullmatch(line), DIRECT.match(line)
    if VARIABLE.search(line):
        raise InvalidParameterValue(f"{where}: {shorten(line)!r} names a variable of the environment.")
    if index := INDEX_OPTION.fullmatch(line):
        if not index[1].lower().startswith("https://"):
            raise InvalidParameterValue(f"{where}: {shorten(line)!r} names an index that is not https.")
    elif option or direct:
        target = (option or direct)[1]
        if not URL.match(target):
            inside(target, where)
    elif line.startswith("-"):
        if not OTHER_OPTION.fullmatch(line):
            raise InvalidParameterValue(f"{where}: {shorten(line)!r} is not an option that a model may set.")
    elif LOCAL.match(line) and not URL.match(line):
        inside(line.split()[0].split("[")[0], where)


def inside(path: str, where: str) -> str:
    """Relative to the model's folder, not upwards, no address."""
    normal = posixpath.normpath(path)
    if ":" in path or "\\" in path or "\0" in path or path.startswith(("/", "~")) or normal.split("/")[0] == "..":
        raise InvalidParameterValue(f"{where}: {shorten(path)!r} leads out of the model's folder.")
    return normal


def yaml_file(read: ReadText, name: str) -> dict:
    text = read(name) if name else None
    try:
        return mapping(plain_yaml(text or ""))
    except ValueError as error:
        raise InvalidParameterValue(f"{name}: {error}.") from None


def conda_python(content: dict) -> str:
    matches = (PYTHON.match(line) for line in texts(content.get("dependencies")))
    return next((match[1] for match in matches if match), "")


def conda_pip(content: dict) -> list[str]:
    dependencies = content.get("dependencies")
    lists = (mapping(part).get("pip") for part in (dependencies if isinstance(dependencies, list) else ()))
    return [line for part in lists for line in texts(part)]


def mapping(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def texts(value: object) -> list[str]:
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []
