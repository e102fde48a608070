"""What the address of a comparison says: which runs, and how to look at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode

LONGEST_FILTER = 500
MOST_FOLDED = 50
MOST_REST = 50
OWN_PARAMETERS = ("baseline", "value", "all", "q", "fold")
# What is done once, or is of another set of runs: runs to add, the page of charts, paper.
PASSING = ("add", "find", "charts", "print", "theme")


class Pick(StrEnum):
    """Which value of a metric stands for the run."""

    LAST = "last"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    FIRST = "first"


@dataclass(frozen=True)
class ComparisonOptions:
    """The state of the page as its address has it: `runs`, `baseline`, `value`, `all`, `q`, `fold`.

    `baseline`: what the runs are held against (`runs.queries.baseline`); where it is empty, the baseline of their
    experiment if it is among them, else the first. `folded`: heads of the tree, each as `section:prefix`. `rest`: what
    else the address says, as how charts are drawn; links keep it.
    """

    # What the address calls the things that are compared, and which signs stand in it as they are.
    parameter: ClassVar[str] = "runs"
    safe: ClassVar[str] = ",:"

    run_ids: tuple[str, ...]
    pick: Pick = Pick.LAST
    only_differences: bool = True
    q: str = ""
    baseline: str = ""
    folded: tuple[str, ...] = ()
    rest: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_query(cls, query) -> ComparisonOptions:
        """`runs` repeated, or with commas between them; each once, in the order given."""
        return cls(
            run_ids=tuple(dict.fromkeys(filter(None, cls.named(query.getlist(cls.parameter))))),
            pick=next((pick for pick in Pick if pick == query.get("value")), Pick.LAST),
            only_differences=query.get("all") != "1",
            q=plain(query.get("q", "")),
            baseline=plain(query.get("baseline", "")),
            folded=tuple(dict.fromkeys(plain(one) for one in query.getlist("fold") if one))[:MOST_FOLDED],
            rest=tuple(
                (name, plain(value))
                for name, values in query.lists()
                for value in values
                if name != cls.parameter and name not in OWN_PARAMETERS and name not in PASSING
            )[:MOST_REST],
        )

    @classmethod
    def named(cls, parts: Sequence[str]) -> Iterator[str]:
        return (plain(name) for part in parts for name in part.split(","))

    def query(self, **changed: object) -> str:
        """The query string of this state, or of it changed; what is default anyway is left out."""
        values = {
            self.parameter: ",".join(self.run_ids),
            "baseline": self.baseline,
            "value": self.pick,
            "all": "" if self.only_differences else "1",
            "q": self.q,
            "fold": self.folded,
        }
        rest = () if "rest" in changed else self.rest
        values |= {name: value for name, value in changed.items() if name != "rest"}
        kept = {key: value for key, value in values.items() if value and not (key == "value" and value == Pick.LAST)}
        return "&".join(filter(None, [urlencode(kept, safe=self.safe, doseq=True), urlencode(rest, safe=",")]))

    def with_fold(self, head: str) -> str:
        """This state with a head of the tree folded, or open again."""
        others = tuple(one for one in self.folded if one != head)
        return self.query(fold=others if head in self.folded else (*others, head))

    @property
    def with_all(self) -> str:
        return self.query(all="1")

    @property
    def with_differences(self) -> str:
        return self.query(all="")

    @property
    def only_runs(self) -> str:
        """Which runs, and in which order."""
        return self.query(all="", value="", q="", fold=(), rest=())

    @property
    def picks(self) -> list[tuple[Pick, str]]:
        """Each value that can stand for a run, with the address that shows it."""
        return [(pick, self.query(value=pick)) for pick in Pick]

    @property
    def printed(self) -> str:
        """As it goes on paper."""
        return f"{self.query()}&print=1"

    @property
    def with_search(self) -> str:
        """With a list of runs to add."""
        return f"{self.query()}&find="

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Fields that keep this state through a form of its own filter."""
        return parse_qsl(self.query(q=""))

    @property
    def hidden_all(self) -> list[tuple[str, str]]:
        """Fields that keep all of this state through a form."""
        return parse_qsl(self.query())


def plain(text: str) -> str:
    return text.replace("\0", "").strip()[:LONGEST_FILTER]
