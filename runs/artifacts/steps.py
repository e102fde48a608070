"""Files that are one thing at many steps: which step a path is of, and what it is called without it."""

from __future__ import annotations

import re

# As `mlflow.log_image(image, key=…, step=…)` names it; a smaller picture for lists lies beside each.
LOGGED_IMAGE = re.compile(
    r"(?P<key>.+)[%+]step[%+](?P<step>-?\d{1,18})[%+]timestamp[%+]\d+[%+][0-9a-z-]{36}"
    r"(?P<small>[%+]compressed)?\.\w+",
    re.ASCII,
)
# `pred_step_10.png`, `epoch=3/grid.png`, `iter-0042.jpg`.
STEP_WORD = re.compile(r"(?i)(?<![a-z])(step|epoch|iter|iteration|batch)([_=-]?)(\d{1,18})(?!\d)")
# `frame_0010.png`: a step only where there are several of them.
LAST_NUMBER = re.compile(r"(.*[_=-])(\d{1,18})(\.\w+)")


def step_of(path: str) -> tuple[str, int] | None:
    """`images/pred_step_10.png` -> (`images/pred_step_….png`, 10); None for what names no step."""
    logged = LOGGED_IMAGE.fullmatch(path)
    if logged:
        return logged["key"].replace("#", "/"), int(logged["step"])
    found = STEP_WORD.search(path)
    if found is None:
        return None
    return f"{path[: found.start(3)]}…{path[found.end(3) :]}", int(found[3])


def number_of(path: str) -> tuple[str, int] | None:
    """`frame_0010.png` -> (`frame_….png`, 10)."""
    found = LAST_NUMBER.fullmatch(path)
    return (f"{found[1]}…{found[3]}", int(found[2])) if found else None


def is_small_picture(path: str) -> bool:
    logged = LOGGED_IMAGE.fullmatch(path)
    return logged is not None and logged["small"] is not None
