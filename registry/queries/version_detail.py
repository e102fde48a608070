"""One version of a registered model with all that its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from registry.models import ModelEvent, ModelServer, ModelVersion
from registry.queries.as_of import state_at
from registry.queries.model_servers import live_servers
from registry.queries.version_folder import (
    TextFile,
    VersionFolder,
    environment_files,
    input_example,
    version_folder,
)
from registry.queries.version_history import version_events
from registry.queries.version_metrics import VersionMetric, VersionParam, version_metrics, version_params
from runs.artifacts.preview import Preview
from runs.models import LoggedModel, Run
from runs.queries.run_relations import DatasetRow, datasets_of
from trackui.errors import ResourceDoesNotExist, shorten
from trackui.formats import absolute_time

FIRST_EVENTS = 8
# Where clients keep what a prompt says.
PROMPT_TEXT_TAG = "mlflow.prompt.text"


@dataclass(frozen=True)
class VersionHead:
    """What every tab of a version shows above itself.

    `run` and `logged_model`: what it was made of, None where that is not here. `earlier`, `later`: the numbers of the
    versions beside it. `servers`: that answer with it now. `as_of`: the moment that `stage` and `aliases` are of, None
    for now.
    """

    version: ModelVersion
    stage: str
    aliases: tuple[str, ...]
    run: Run | None
    logged_model: LoggedModel | None
    earlier: int | None
    later: int | None
    servers: tuple[ModelServer, ...]
    as_of: int | None = None

    @property
    def kept(self) -> str:
        """What an address that keeps to the moment says after its path."""
        return "" if self.as_of is None else f"?as_of={self.as_of}"

    @property
    def server(self) -> ModelServer | None:
        return self.servers[0] if self.servers else None


def version_head(version: ModelVersion, *, as_of: int | None = None, user) -> VersionHead:
    """Six statements; `version` with its model. ResourceDoesNotExist when it was not there yet."""
    stage, aliases = standing(version) if as_of is None else standing_at(version, as_of)
    numbers = version.registered_model.versions.values_list("version", flat=True)
    return VersionHead(
        version=version,
        stage=stage,
        aliases=aliases,
        run=source_run(version, user=user),
        logged_model=source_model(version, user=user),
        earlier=numbers.filter(version__lt=version.version).order_by("-version").first(),
        later=numbers.filter(version__gt=version.version).order_by("version").first(),
        servers=tuple(live_servers(version)),
        as_of=as_of,
    )


def standing(version: ModelVersion) -> tuple[str, tuple[str, ...]]:
    return version.stage, tuple(version.aliases.order_by("alias").values_list("alias", flat=True))


def standing_at(version: ModelVersion, as_of: int) -> tuple[str, tuple[str, ...]]:
    """Stage and aliases of a moment, from the events."""
    state = state_at(version.registered_model, as_of)
    if state is None or version.version not in state.stages:
        name = shorten(version.name, 80)
        raise ResourceDoesNotExist(f"There was no version {version.version} of {name} at {absolute_time(as_of)}.")
    aliases = (alias for alias, number in state.aliases.items() if number == version.version)
    return state.stages[version.version], tuple(sorted(aliases))


def source_run(version: ModelVersion, *, user) -> Run | None:
    if not version.run_id:
        return None
    return Run.objects.visible_to(user).select_related("experiment").filter(run_id=version.run_id).first()


def source_model(version: ModelVersion, *, user) -> LoggedModel | None:
    if not version.model_id:
        return None
    return LoggedModel.objects.visible_to(user).active().filter(model_id=version.model_id).first()


@dataclass(frozen=True)
class VersionOverview:
    """The first tab. Each part loads when the page asks for it."""

    head: VersionHead
    user: object

    @property
    def version(self) -> ModelVersion:
        return self.head.version

    @cached_property
    def folder(self) -> VersionFolder:
        return version_folder(self.version, user=self.user)

    @cached_property
    def example(self) -> tuple[str, Preview] | None:
        return input_example(self.folder, user=self.user)

    @cached_property
    def environment(self) -> list[TextFile]:
        return environment_files(self.folder, user=self.user)

    @cached_property
    def metrics(self) -> list[VersionMetric]:
        return version_metrics(self.head.logged_model, self.head.run)

    @cached_property
    def params(self) -> list[VersionParam]:
        return version_params(self.head.logged_model, self.head.run)

    @cached_property
    def datasets(self) -> list[DatasetRow]:
        return datasets_of(self.head.run) if self.head.run else []

    @cached_property
    def tags(self) -> list[tuple[str, str]]:
        return list(self.version.tags.order_by("key").values_list("key", "value"))

    @property
    def prompt(self) -> str:
        """The text, or the messages as JSON, of a version of a prompt."""
        return dict(self.tags).get(PROMPT_TEXT_TAG, "") if self.version.is_prompt else ""

    @property
    def shown_tags(self) -> list[tuple[str, str]]:
        return [tag for tag in self.tags if tag[0] != PROMPT_TEXT_TAG]

    @cached_property
    def events(self) -> list[ModelEvent]:
        return list(version_events(self.version, user=self.user)[: FIRST_EVENTS + 1])

    @property
    def run_link(self) -> str:
        """The run elsewhere that the client told of, where it is an address to open."""
        link = self.version.run_link
        return link if link.startswith(("http://", "https://")) else ""
