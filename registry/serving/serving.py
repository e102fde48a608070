"""A model served until told to stop: the processes, the run that records them, and the versions that follow."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from django.conf import settings
from django.db import Error, connections

from registry.models import ModelServer
from registry.services import model_servers
from registry.serving.front.application import ANY_HOST
from registry.serving.front.server import FrontConfig
from registry.serving.preparing import Preparation, prepared_model
from registry.serving.recording import ServingRun
from registry.serving.resolved import Resolved, resolved_model
from registry.serving.scorers import CannotLoad
from registry.serving.supervisor import Supervisor
from registry.serving.tallies import TallyReceiver
from runs.models import RunStatus
from runs.services.runs import update_run
from trackui import env
from trackui.addresses import bracketed, is_loopback
from trackui.environments.building import CannotBuild, stop_building
from trackui.errors import TrackingError

logger = logging.getLogger("trackui.serving")

WRITE_SECONDS = 10.0
STEP_SECONDS = 0.5
# Before a version that could not be loaded is tried again.
RETRY_SECONDS = 60.0
# For a model that is being fetched when the server stops.
WATCHER_SECONDS = 10.0
# For the last figures of processes that have ended.
TALLY_SECONDS = 5.0
# A process of the front for so many scoring processes: it has a tenth of their work.
SCORERS_A_FRONT = 4
FRONT_THREADS = 16

CANNOT = (TrackingError, CannotBuild, CannotLoad, Error, OSError)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator asks for. `watch`: seconds between looks at what `uri` means, 0 for none. `experiment`: of the
    run that records, none without one.
    """

    uri: str
    host: str
    port: int
    workers: int
    watch: float = 0.0
    experiment: str = ""
    user_name: str = ""

    @property
    def address(self) -> str:
        return f"http://{bracketed(self.host)}:{self.port}"


@dataclass
class Serving:
    """`run()` returns when `stop` is set, with all processes gone. `when_ready` is called once it answers: from then
    on it is to be stopped by that alone.
    """

    wanted: Wanted
    how: Preparation
    say: Callable[[str], None]
    when_ready: Callable[[], None]
    user: object = None
    stop: threading.Event = field(default_factory=threading.Event)
    watcher: threading.Thread | None = None

    def run(self, model: Resolved) -> None:
        """Raises what prepared_model does, CannotLoad and CannotServe; and ServerDied should the front do so."""
        with ExitStack() as stack:
            folder = self.how.folder
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            self.supervisor = Supervisor(folder, workers=self.wanted.workers)
            stack.callback(self.supervisor.stop)
            self.current = self.load(model)
            self.tallies = TallyReceiver(str(folder / "tally.sock"))
            stack.callback(self.tallies.close)
            self.front_socket = folder / "front.sock"
            self.supervisor.start_front(self.front_config(), environ=env.cleaned())
            self.when_ready()
            self.recording = self.begin_recording()
            self.row = self.write_down()
            self.say(f"Serving {self.current.uri} at {self.wanted.address}/invocations  (stop: Ctrl-C)")
            status = RunStatus.FAILED
            try:
                self.serve()
                status = RunStatus.FINISHED
            finally:
                self.end(status)

    # --- Starting ------------------------------------------------------------------------------

    def load(self, model: Resolved) -> Resolved:
        """Get a model ready and let it answer from then on."""
        prepared = prepared_model(model, self.how)
        self.supervisor.load(prepared.launch, when_gone=prepared.held.close)
        return model

    def front_config(self) -> FrontConfig:
        host = self.wanted.host
        return FrontConfig(
            board=self.supervisor.board.path,
            binds=(f"{bracketed(host)}:{self.wanted.port}", f"unix:{self.front_socket}"),
            processes=-(-self.wanted.workers // SCORERS_A_FRONT),
            threads=FRONT_THREADS,
            hosts=tuple(settings.ALLOWED_HOSTS) if is_loopback(host) else (ANY_HOST,),
            tally=str(self.how.folder / "tally.sock") if self.wanted.experiment else None,
        )

    def begin_recording(self) -> ServingRun | None:
        if not self.wanted.experiment:
            return None
        run = ServingRun(
            experiment=self.wanted.experiment,
            name=f"serve {self.wanted.uri}"[:250],
            tags={"uri": self.wanted.uri, "address": self.wanted.address, **version_tags(self.current)},
            user_name=self.wanted.user_name,
            user=self.user,
        )
        if self.current.version is not None:
            run.note_version(self.current.version)
        return run

    def write_down(self) -> ModelServer:
        for dead in model_servers.end_dead_servers():
            if dead.run_id:
                self.attempt(update_run, dead.run_id, status=RunStatus.FAILED, end_time=dead.end_time, user=self.user)
        return model_servers.start_server(
            uri=self.wanted.uri,
            version=self.current.version,
            address=self.wanted.address,
            socket_path=str(self.front_socket),
            process_id=os.getpid(),
            run_id=self.recording.run_id if self.recording else "",
        )

    # --- Serving -------------------------------------------------------------------------------

    def serve(self) -> None:
        if self.wanted.watch:
            self.watcher = threading.Thread(target=self.follow, daemon=True, name="watch")
            self.watcher.start()
        beat_at, write_at = time.monotonic(), time.monotonic()
        self.written_at = write_at
        while not self.stop.wait(STEP_SECONDS):
            if not self.supervisor.front.is_running:
                self.stop.set()
                raise ServerDied("The front ended by itself.")
            now = time.monotonic()
            if now - beat_at >= model_servers.BEAT_SECONDS:
                beat_at = now
                self.attempt(model_servers.beat, self.row)
            if now - write_at >= WRITE_SECONDS:
                write_at = now
                self.record()

    def record(self) -> None:
        if self.recording is None:
            return
        window, now = self.tallies.take(), time.monotonic()
        if self.attempt(self.recording.write, window, seconds=now - self.written_at):
            self.written_at = now
        else:
            self.tallies.give_back(window)

    def follow(self) -> None:
        """Serve what the address means, whenever it comes to mean something else."""
        refused: tuple[str, float] | None = None
        problem = ""
        while not self.stop.wait(self.wanted.watch):
            try:
                model = resolved_model(self.wanted.uri, user=self.user)
                if model == self.current:
                    refused = None
                elif refused is None or refused[0] != model.uri or time.monotonic() > refused[1]:
                    refused = (model.uri, time.monotonic() + RETRY_SECONDS)
                    self.swap(model)
                problem = ""
            except CANNOT as error:
                connections.close_all()
                if str(error) != problem:
                    problem = str(error)
                    self.say(f"{self.current.uri} serves on: {problem}")
        connections.close_all()

    def swap(self, model: Resolved) -> None:
        before = self.current
        self.say(f"{self.wanted.uri} is {model.uri} now: loading it …")
        self.current = self.load(model)
        self.say(f"Serving {model.uri}; {before.uri} finishes what it has begun.")
        self.attempt(model_servers.serve_version, self.row, model.version)
        if self.recording is not None:
            self.attempt(self.recording.tag, **version_tags(model))
            if model.version is not None:
                self.attempt(self.recording.note_version, model.version)

    # --- Ending --------------------------------------------------------------------------------

    def end(self, status: RunStatus) -> None:
        self.stop.set()
        stop_building()
        self.supervisor.stop()  # the last figures come with it
        if self.watcher is not None:
            self.watcher.join(WATCHER_SECONDS)
        self.tallies.finish(TALLY_SECONDS)
        self.record()
        if self.recording is not None:
            self.attempt(self.recording.end, status)
        self.attempt(model_servers.end_server, self.row)

    def attempt(self, write: Callable, *arguments, **options) -> bool:
        """Writing down never stops serving: what goes wrong is said, and False is the answer."""
        try:
            write(*arguments, **options)
        except (TrackingError, Error) as error:
            connections.close_all()
            logger.warning("A scoring server could not write down what it does (%s)", error)
            return False
        return True


class ServerDied(Exception):
    """What should have run on has ended."""


def version_tags(model: Resolved) -> dict[str, str]:
    tags = {"model_uri": model.uri}
    if model.version is not None:
        tags |= {"model": model.version.name, "version": str(model.version.version)}
    return tags
