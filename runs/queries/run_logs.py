"""The logs among the files of one run."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from runs.artifacts.paths import directory_path
from runs.artifacts.stores import artifact_store
from runs.queries.artifact_browser import Owner, placed_in_store

# Directories and names looked at; logs are near the top.
MOST_DIRECTORIES, DEEPEST, NAMES_A_DIRECTORY = 50, 3, 1_000
MOST_LOGS = 200
LOG_NAME = re.compile(r"(?i).*\.(log|out|err)|(stdout|stderr|output|console)(\..*)?|.*\.log\.\d+")
LOG_FOLDER = re.compile(r"(?i)logs?")
TEXT_NAME = re.compile(r"(?i).*\.(txt|log|out|err|jsonl)|[^.]+")


@dataclass(frozen=True, slots=True)
class LogFile:
    path: str
    size: int


def logs_of(owner: Owner, *, user) -> tuple[list[LogFile], bool]:
    """By path, those nearest the top first, and whether all directories were looked at.

    `*.log`, `*.out`, `*.err`, `stdout` and its kin anywhere; all text in folders named `log` or `logs`.
    """
    top = directory_path("")
    placed = placed_in_store(owner, top, user)
    waiting = deque([(top, 0, False)])
    found: list[LogFile] = []
    looked = 0
    while waiting and looked < MOST_DIRECTORIES and len(found) < MOST_LOGS:
        directory, depth, is_folder_of_logs = waiting.popleft()
        looked += 1
        for entry in artifact_store().listing(placed / directory, limit=NAMES_A_DIRECTORY).entries:
            path = directory.child(entry.name)
            if entry.is_dir:
                if depth < DEEPEST:
                    waiting.append((path, depth + 1, is_folder_of_logs or bool(LOG_FOLDER.fullmatch(entry.name))))
            elif LOG_NAME.fullmatch(entry.name) or (is_folder_of_logs and TEXT_NAME.fullmatch(entry.name)):
                found.append(LogFile(str(path), entry.size or 0))
    return found[:MOST_LOGS], not waiting
