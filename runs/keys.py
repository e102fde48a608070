"""Interned names: text to Key ids and back, remembered by each process.

A key is never renamed or removed while the server runs, so what was once read stays true; what the
open transaction has written is not yet read: when it is rolled back, another name can get the id.
"""

from collections.abc import Iterable

from django.db import transaction

from runs.models import Key
from trackui.db import fetch_all, in_list, insert_rows

# Far more names than a sane installation has; past it the memory starts anew.
REMEMBERED = 200_000

_ids: dict[str, int] = {}
_names: dict[int, str] = {}


def intern_keys(names: Iterable[str]) -> dict[str, int]:
    """Ids of names, creating those that are new. Inside a write transaction."""
    wanted = set(names)
    found = _remembered(_ids, wanted)
    unknown = sorted(wanted - found.keys())
    if unknown:
        found |= _load(unknown)
        # In order of name: two writers that create the same keys do not block each other in a circle.
        new = [name for name in unknown if name not in found]
        if new:
            insert_rows("runs_key", ["name"], [(name,) for name in new], on_conflict="DO NOTHING")
            created = dict(Key.objects.filter(name__in=new).values_list("name", "pk"))
            found |= created
            _remember(created)
    return found


def key_ids(names: Iterable[str]) -> dict[str, int]:
    """Ids of those names that exist."""
    wanted = set(names)
    found = _remembered(_ids, wanted)
    unknown = [name for name in wanted if name not in found]
    return found | _load(unknown) if unknown else found


def key_names(ids: Iterable[int]) -> dict[int, str]:
    """Names of ids, all of which exist."""
    wanted = set(ids)
    found = _remembered(_names, wanted)
    unknown = [key for key in wanted if key not in found]
    for start in range(0, len(unknown), 1000):
        chunk = unknown[start : start + 1000]
        rows = fetch_all(f"SELECT name, id FROM runs_key WHERE id IN {in_list(chunk)}", chunk)
        _remember(dict(rows))
        found |= {key: name for name, key in rows}
    return found


def forget_keys() -> None:
    """Start anew: for tests, which roll keys back."""
    _ids.clear()
    _names.clear()


def _remembered(memory: dict, wanted: set) -> dict:
    # get, not a look and then a read: another thread may forget everything in between.
    return {item: other for item in wanted if (other := memory.get(item)) is not None}


def _load(names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(names), 1000):
        chunk = names[start : start + 1000]
        found |= dict(fetch_all(f"SELECT name, id FROM runs_key WHERE name IN {in_list(chunk)}", chunk))
    _remember(found)
    return found


def _remember(ids: dict[str, int]) -> None:
    """From the end of the open transaction on; at once when there is none."""
    if ids:
        transaction.on_commit(lambda: _add(ids))


def _add(ids: dict[str, int]) -> None:
    if len(_ids) > REMEMBERED:
        forget_keys()
    _ids.update(ids)
    _names.update({key: name for name, key in ids.items()})
