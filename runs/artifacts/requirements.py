"""Packages that requirements.txt, conda.yaml and python_env.yaml name, each with its version.

They are read as data, by the few forms that clients write; a line that is none of these is left out.
"""

from __future__ import annotations

import re

from runs.artifacts.mlmodel import safe_yaml
from runs.artifacts.signature import mapping

PYTHON = "python"
MOST_LINES = 2_000
# A name, extras, then what its version must be: up to a marker or a comment.
NAME = r"([A-Za-z0-9][A-Za-z0-9._-]*)"
REQUIREMENT = re.compile(rf"\s*{NAME}\s*(?:\[[^\]]*\])?\s*((?:[=<>!~]=?=?|@)[^;#]*)?(?:[;#].*)?")
CONDA = re.compile(rf"(?:[\w./-]+::)?{NAME}\s*(?:([=<>!~]=?)\s*([^\s=]+)(?:=\S+)?)?.*")
SEPARATORS = re.compile(r"[-_.]+")


def packages_of(name: str, text: str) -> dict[str, str]:
    """Package -> version, by the name of the file; `any` where it is left open. Nothing for other files."""
    if name == "requirements.txt":
        return requirement_lines(text.splitlines())
    content = mapping(safe_yaml(text))
    if name == "conda.yaml":
        return conda_packages(content.get("dependencies"))
    if name == "python_env.yaml":
        found = requirement_lines(texts(content.get("dependencies")))
        return {PYTHON: str(content["python"]), **found} if content.get("python") else found
    return {}


def requirement_lines(lines: list[str]) -> dict[str, str]:
    found = {}
    for line in lines[:MOST_LINES]:
        match = REQUIREMENT.fullmatch(line)
        if match:
            found[canonical(match[1])] = version(match[2])
    return found


def conda_packages(dependencies: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in dependencies[:MOST_LINES] if isinstance(dependencies, list) else []:
        if isinstance(one, dict):
            found |= requirement_lines(texts(one.get("pip")))
        elif isinstance(one, str) and (match := CONDA.fullmatch(one)):
            found[canonical(match[1])] = version(f"{match[2] or ''}{match[3] or ''}")
    return found


def version(written: str | None) -> str:
    """`==1.4.2` -> `1.4.2`, `>=1,<2` as it is, nothing -> `any`."""
    text = "".join((written or "").split())
    exact = re.fullmatch(r"={1,3}([^,=<>!~]+)", text)
    return exact[1] if exact else text or "any"


def canonical(name: str) -> str:
    """The name as PEP 503 compares it."""
    return SEPARATORS.sub("-", name).lower()


def texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
