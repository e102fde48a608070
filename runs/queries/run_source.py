"""Where the code of a run came from, and how to bring it back."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

COMMIT = re.compile(r"[0-9a-fA-F]{6,64}")
SOURCE_TAGS = {
    "mlflow.source.name": "name",
    "mlflow.source.type": "kind",
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.branch": "branch",
    "mlflow.source.git.repoURL": "repository",
    "mlflow.project.entryPoint": "entry_point",
}
# Hosts we know, with the page there that shows what lies between two commits.
COMPARE_PAGES = {
    "github.com": "{base}/compare/{before}...{after}",
    "gitlab.com": "{base}/-/compare/{before}...{after}",
    "codeberg.org": "{base}/compare/{before}...{after}",
    "bitbucket.org": "{base}/branches/compare/{after}..{before}",
}
REPOSITORY_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+")
SSH = re.compile(r"(?:ssh://)?git@([\w.-]+)[:/](?!/)(.+)")


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


@dataclass(frozen=True)
class Environment:
    """A file that says which packages a run had: its name decides what to make of it; `address` is where it is."""

    name: str
    address: str


# Names that clients give such files, the one that says most first.
ENVIRONMENT_FILES = ("requirements.txt", "conda.yaml", "conda.yml")


def reproduce_snippet(source: Source, params: dict[str, str], environment: Environment | None = None) -> str:
    """Shell commands that bring back code and packages and start it; empty when the run does not say where it was.

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
    lines += environment_lines(environment) if environment else []
    if name.endswith(".py"):
        lines.append(f"python {quote(name)}")
        # Scripts take their params in ways of their own: they are said, not passed.
        said = [quote(f"{key}={value}") for key, value in params.items() if is_short(f"{key}{value}")]
        lines += [f"# {one}" for one in said]
    return "\n".join(lines)


def environment_lines(environment: Environment) -> list[str]:
    fetch = f"curl -o {environment.name} {shlex.quote(environment.address)}"
    if environment.name == "requirements.txt":
        return [fetch, "python -m venv .venv && . .venv/bin/activate", "pip install -r requirements.txt"]
    return [fetch, f"conda env create -p ./env -f {environment.name} && conda activate ./env"]


def is_short(text: str) -> bool:
    """On one line: what has breaks would end the comment and go on as a command."""
    return len(text) < 200 and text.isprintable()


def compare_link(repository: str, before: str, after: str) -> str:
    """The address of what changed from one commit to another; empty where the host is not one we know."""
    ssh = SSH.fullmatch(repository)
    try:
        address = urlsplit(f"https://{ssh[1]}/{ssh[2]}" if ssh else repository)
    except ValueError:
        return ""
    page = COMPARE_PAGES.get(address.netloc.lower())
    path = address.path.strip("/").removesuffix(".git")
    are_commits = COMMIT.fullmatch(before) and COMMIT.fullmatch(after) and before != after
    if address.scheme != "https" or page is None or not REPOSITORY_PATH.fullmatch(path) or not are_commits:
        return ""
    return page.format(base=f"https://{address.netloc.lower()}/{path}", before=before, after=after)
