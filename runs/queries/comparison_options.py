"""What the address of a comparison says: which runs, and how to look at them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

LONGEST_FILTER = 500


class Pick(StrEnum):
    """Which value of a metric stands for the run."""

    LAST = "last"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    FIRST = "first"


@dataclass(frozen=True)
class ComparisonOptions:
    """The state of the page as its address has it: `runs`, `value`, `all`, `q`."""

    run_ids: tuple[str, ...]
    pick: Pick = Pick.LAST
    only_differences: bool = True
    q: str = ""

    @classmethod
    def from_query(cls, query) -> ComparisonOptions:
        """`runs` repeated, or with commas between them; each once, in the order given."""
        named = (run_id.strip() for part in query.getlist("runs") for run_id in part.split(","))
        return cls(
            run_ids=tuple(dict.fromkeys(run_id for run_id in named if run_id)),
            pick=next((pick for pick in Pick if pick == query.get("value")), Pick.LAST),
            only_differences=query.get("all") != "1",
            q=query.get("q", "").strip().replace("\0", "")[:LONGEST_FILTER],
        )

    def query(self, **changed: object) -> str:
        """The query string of this state, or of it changed; what is default anyway is left out."""
        values = {
            "runs": ",".join(self.run_ids),
            "value": self.pick,
            "all": "" if self.only_differences else "1",
            "q": self.q,
        }
        values |= changed
        kept = {key: value for key, value in values.items() if value and not (key == "value" and value == Pick.LAST)}
        return urlencode(kept, safe=",")

    @property
    def with_all(self) -> str:
        return self.query(all="1")

    @property
    def with_differences(self) -> str:
        return self.query(all="")

    @property
    def only_runs(self) -> str:
        return self.query(all="", value="", q="")

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Fields that keep this state through a form of its own filter."""
        return parse_qsl(self.query(q=""))
