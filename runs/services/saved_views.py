"""Save, change and delete views: addresses of pages under a name."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from runs.models import Experiment, SavedView
from runs.models.saved_view import view_query
from runs.services.audit import record
from trackui.clock import now_ms
from trackui.errors import InvalidParameterValue, PermissionDenied, ResourceAlreadyExists, ResourceDoesNotExist
from trackui.search.parser import is_storable
from trackui.transactions import transactional

NAME_LENGTH = 200
QUERY_LENGTH = 8_000
MOST_VIEWS = 500  # of one owner on one page


def save_view(
    *,
    experiment: Experiment | None,
    page: str,
    name: str,
    query: str,
    owner: str,
    is_shared: bool,
    is_default: bool,
    user,
) -> SavedView:
    name, query = checked_name(name), checked_query(query)

    @transactional
    def write() -> SavedView:
        now = now_ms()
        view = SavedView(experiment=experiment, page=page, owner=owner, creation_time=now)
        if SavedView.objects.filter(experiment=experiment, page=page, owner=owner).count() >= MOST_VIEWS:
            raise InvalidParameterValue(f"At most {MOST_VIEWS} views are kept of a page. Delete some first.")
        view.name, view.query, view.is_shared, view.is_default = name, query, is_shared, is_default
        store(view)
        record(user, "view.save", "view", str(view.pk), experiment=experiment, name=name, query=query)
        return view

    return write()


def change_view(
    view_id: int,
    *,
    owner: str,
    user,
    name: str | None = None,
    query: str | None = None,
    is_shared: bool | None = None,
    is_default: bool | None = None,
) -> SavedView:
    """Change what is given."""
    wanted = {
        "name": None if name is None else checked_name(name),
        "query": None if query is None else checked_query(query),
        "is_shared": is_shared,
        "is_default": is_default,
    }

    @transactional
    def write() -> SavedView:
        view = held_view(view_id, owner)
        before = {field: getattr(view, field) for field in wanted}
        after = before | {field: value for field, value in wanted.items() if value is not None}
        for field, value in after.items():
            setattr(view, field, value)
        store(view)
        record(
            user,
            "view.change",
            "view",
            str(view.pk),
            experiment=view.experiment,
            name=view.name,
            before=before,
            after=after,
        )
        return view

    return write()


@transactional
def delete_view(view_id: int, *, owner: str, user) -> SavedView:
    view = held_view(view_id, owner)
    record(user, "view.delete", "view", str(view.pk), experiment=view.experiment, name=view.name, query=view.query)
    view.delete()
    return view


def held_view(view_id: int, owner: str) -> SavedView:
    """One that may be changed: a person's own, or a shared one."""
    view = SavedView.objects.select_related("experiment").select_for_update(of=("self",)).filter(pk=view_id).first()
    if view is None:
        raise ResourceDoesNotExist("There is no such view. It may have been deleted.")
    if view.owner != owner and not view.is_shared:
        raise PermissionDenied("Only who made this view can change it.")
    return view


def store(view: SavedView) -> None:
    """Where it is the default of all or of a person, no other is any more.

    SQLite has no constraint that takes two NULLs for equal, so names are looked up; PostgreSQL decides races by it.
    """
    same_page = SavedView.objects.filter(experiment=view.experiment_id, page=view.page).exclude(pk=view.pk)
    if same_page.filter(owner=view.owner, name=view.name).exists():
        raise name_taken()
    if view.is_default:
        defaults = same_page.filter(is_default=True, is_shared=view.is_shared)
        (defaults if view.is_shared else defaults.filter(owner=view.owner)).update(is_default=False)
    view.last_update_time = now_ms()
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise name_taken() from error


def name_taken() -> ResourceAlreadyExists:
    return ResourceAlreadyExists("There is a view of that name on this page already.")


def checked_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise InvalidParameterValue("A view needs a name.")
    if len(name) > NAME_LENGTH or not is_storable(name):
        raise InvalidParameterValue(f"A name has at most {NAME_LENGTH} characters, and no control characters.")
    return name


def checked_query(query: str) -> str:
    query = view_query(query)
    if len(query) > QUERY_LENGTH:
        raise InvalidParameterValue(f"The address of a view has at most {QUERY_LENGTH} characters.")
    return query
