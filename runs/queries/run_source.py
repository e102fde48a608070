"""Where the code of a run came from, and how to bring it back."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

COMMIT = re.compile(r"[0-9a-fA-F]{6,64}")
SOURCE_TAGS = {
    "mlflow.source.name": "name",
    "mlflow.source.type": "kind",
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.branch": "branch",
    "mlflow.source.git.repoURL": "repository",
    "mlflow.project.entryPoint": "entry_point",
}


@dataclass(frozen=True)
class Source:
    """Where the code of a run was, as the client told it."""

    name: str = ""
    kind: str = ""
    commit: str = ""
    branch: str = ""
    repository: str = ""
    entry_point: str = ""

    @property
    def link(self) -> str:
        """The repository, where it is an address a browser may open."""
        return self.repository if self.repository.startswith(("https://", "http://")) else ""


def reproduce_snippet(source: Source, params: dict[str, str]) -> str:
    """Shell commands that bring back the code and start it; empty when the run does not say where it came from.

    What could be read as an option of these commands is left out, all else quoted.
    """
    quote = shlex.quote
    commit = source.commit if COMMIT.fullmatch(source.commit) else ""
    name = "" if source.name.startswith("-") else source.name
    if source.kind == "PROJECT" and name:
        options = [f"-e {quote(source.entry_point)}"] if source.entry_point else []
        options += [f"-v {commit}"] if commit else []
        options += [f"-P {quote(f'{key}={value}')}" for key, value in params.items() if len(value) < 200]
        return " \\\n  ".join([f"mlflow run {quote(name)}", *options])
    lines = [f"git clone {quote(source.link)} code", "cd code"] if source.link else []
    lines += [f"git checkout {commit}"] if commit else []
    lines += [f"python {quote(name)}"] if name.endswith(".py") else []
    return "\n".join(lines)
