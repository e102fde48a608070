"""The run table with children under their parents: a page of families, whatever the order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from django.core.paginator import Page

from runs.models import KeyKind, Run
from runs.models.run import PARENT_RUN_TAG
from runs.queries.run_columns import key_uses
from runs.queries.run_pages import page_of
from runs.queries.run_scope import RunScope
from runs.queries.run_table_options import RunTableOptions
from runs.queries.run_table_search import RunTableSearch
from runs.search.families import all_roots, children_of, links_to, matching_among, roots_only
from runs.search.run_search import Total

# Families of so many runs that match are known as a whole; of more, those of a page are looked up.
MOST_KNOWN = 10_000
# So many roots are sorted; more are walked to.
MOST_ROOTS = 10_000
# Rows that a page may have beside one a family, and the fewest children shown of each.
MORE_ROWS = 150
FEWEST_CHILDREN = 3
# Of a family that was opened.
MOST_CHILDREN = 500
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Member:
    """A row of a family. `is_match`: one that does not match is there for what is below it.

    `children`: how many it has below it here, `hidden`: of these not on the page. `is_rest`: no run, but the place
    after the last child shown of `pk`, where some are hidden, and not `can_open`: too many for this page.
    """

    pk: int
    depth: int
    is_match: bool = True
    children: int = 0
    hidden: int = 0
    is_rest: bool = False
    can_open: bool = True


@dataclass(frozen=True, slots=True)
class FamilyOptions:
    """`opened`, `shut`: run ids whose children are all on the page, or none of them; `is_folded`: none of any other."""

    opened: Collection[int] = ()
    shut: Collection[int] = ()
    is_folded: bool = False

    def at_most(self, pk: int, usual: int) -> int:
        if pk in self.opened:
            return MOST_CHILDREN
        return 0 if self.is_folded or pk in self.shut else usual


def family_options(options: RunTableOptions) -> FamilyOptions:
    """One statement, where the address names runs."""
    named = [*options.opened, *options.shut]
    pks = dict(Run.objects.filter(run_id__in=named).values_list("run_id", "pk")) if named else {}
    return FamilyOptions(
        opened={pks[run_id] for run_id in options.opened if run_id in pks},
        shut={pks[run_id] for run_id in options.shut if run_id in pks},
        is_folded=options.children == "folded",
    )


def has_children(scope: RunScope) -> bool:
    """Whether some run names a parent. One statement on counts that the writer keeps."""
    return bool(key_uses(scope, kind=KeyKind.TAG, names=[PARENT_RUN_TAG], at_most=1))


def family_page(
    search: RunTableSearch, total: Total, number: int, page_size: int, options: FamilyOptions
) -> tuple[Page, list[Member]]:
    """The page of this number of families, by the order of their roots, each with its members beneath.

    `total`: how many runs match. A handful of statements.
    """
    if total.is_exact and total.number <= MOST_KNOWN:
        tree = _whole_tree(search)
        page, roots = _page_among(tree.roots, number, page_size)
        return page, tree.members(roots, options)
    where = (search.condition, search.experiments, search.stages)
    known = all_roots(*where, at_most=MOST_ROOTS)
    if known is not None:
        page, roots = _page_among(search.sorted(known), number, page_size)
    else:
        rooted = replace(search, condition=roots_only(*where))
        page, roots = page_of(rooted.count(), number, page_size, rooted.pks)
    return page, _looked_up(search, roots, options)


def _page_among(roots: list[int], number: int, page_size: int) -> tuple[Page, list[int]]:
    return page_of(Total(len(roots)), number, page_size, lambda limit, offset: roots[offset : offset + limit])


def usual_children(families: int) -> int:
    return max(FEWEST_CHILDREN, MORE_ROWS // max(1, families))


@dataclass(frozen=True)
class Tree:
    """`below`: the children of each run, in order."""

    roots: list[int]
    below: dict[int, list[int]]
    matching: Collection[int]

    def members(self, roots: Sequence[int], options: FamilyOptions) -> list[Member]:
        usual = usual_children(len(roots))

        def children_of_run(pk: int, depth: int) -> tuple[list[int], int]:
            children = self.below.get(pk, [])
            return children[: options.at_most(pk, usual)] if depth < DEEPEST else [], len(children)

        return laid_out(roots, children_of_run, self.matching)


def laid_out(
    roots: Sequence[int], children_of_run: Callable[[int, int], tuple[list[int], int]], matching: Collection[int]
) -> list[Member]:
    """Row after row. `children_of_run`: the children to show of a run at a depth, and how many it has."""

    def walk(pk: int, depth: int) -> list[Member]:
        shown, count = children_of_run(pk, depth)
        hidden = count - len(shown)
        members = [Member(pk, depth, pk in matching, count, hidden)]
        for child in shown:
            members += walk(child, depth + 1)
        if shown and hidden:
            members.append(Member(pk, depth + 1, hidden=hidden, is_rest=True, can_open=len(shown) < MOST_CHILDREN))
        return members

    return [member for root in roots for member in walk(root, 0)]


def _whole_tree(search: RunTableSearch) -> Tree:
    matching = search.pks(limit=MOST_KNOWN)
    links = links_to(matching, search.experiments, search.stages)
    order = matching if len(links) == len(matching) else search.sorted(list(links))
    below: dict[int, list[int]] = defaultdict(list)
    roots = []
    for pk in order:
        parent = links.get(pk)
        if parent is None:
            roots.append(pk)
        else:
            below[parent].append(pk)
    roots += _in_circles(order, roots, below)
    return Tree(roots, below, set(matching))


def _in_circles(order: Sequence[int], roots: Sequence[int], below: dict[int, list[int]]) -> list[int]:
    """Runs that no root leads to, since each is the child of another: they are shown as roots."""
    reached = set()
    waiting = list(roots)
    while waiting:
        pk = waiting.pop()
        reached.add(pk)
        waiting += below.get(pk, ())
    lost = [pk for pk in order if pk not in reached]
    for pk in lost:
        below.pop(pk, None)
    return lost


def _looked_up(search: RunTableSearch, roots: Sequence[int], options: FamilyOptions) -> list[Member]:
    """A statement or two a level."""
    usual = usual_children(len(roots))
    wanted = max([usual, *(MOST_CHILDREN for root in options.opened)])
    matching = matching_among(roots, search.condition)
    below: dict[int, list] = defaultdict(list)
    level: list[int] = list(roots)
    for _ in range(DEEPEST):
        found = children_of(
            level,
            search.condition,
            search.ordering,
            experiments=search.experiments,
            stages=search.stages,
            at_most=wanted,
        )
        if not found:
            break
        for child in found:
            below[child.parent].append(child)
        level = [child.pk for child in found if child.place <= options.at_most(child.parent, usual)]
        matching |= matching_among(level, search.condition)

    def children_of_run(pk: int, depth: int) -> tuple[list[int], int]:
        children = below.get(pk, [])
        return [child.pk for child in children[: options.at_most(pk, usual)]], children[0].count if children else 0

    return laid_out(roots, children_of_run, matching)
