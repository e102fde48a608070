"""runs/create, get, update, delete, restore"""

from msgspec import UNSET, UnsetType

from runs.ingest.writer import run_not_found
from runs.mlflow_api.payloads import pairs, run_info_payload, run_payload
from runs.models import Run, RunStatus
from runs.queries.run_records import run_records
from runs.services.runs import create_run, delete_run, restore_run, update_run
from trackui.mlflow_api.fields import KeyValue, Request, missing
from trackui.mlflow_api.views import MlflowView


class RunRequest(Request):
    """A run by either of its names; Python sends both."""

    run_id: str = ""
    run_uuid: str = ""


def run_id_of(data: RunRequest) -> str:
    run_id = data.run_id or data.run_uuid
    if not run_id:
        raise missing("run_id")
    return run_id


class CreateRun(MlflowView):  # POST runs/create
    class request_body(Request):
        experiment_id: str = ""
        user_id: str = ""
        run_name: str = ""
        start_time: int | UnsetType = UNSET
        tags: list[KeyValue] = []

    def answer(self, data):
        run, tags = create_run(
            data.experiment_id or "0",
            name=data.run_name,
            user_id=data.user_id,
            start_time=None if data.start_time is UNSET else data.start_time,
            tags=data.tags,
            user=self.user,
        )
        return {"run": {"info": run_info_payload(run), "data": {"tags": pairs(tags.items())}, "inputs": {}}}


class GetRun(MlflowView):  # GET runs/get
    methods = ("GET",)
    request_body = RunRequest

    def answer(self, data):
        run_id = run_id_of(data)
        pk = Run.objects.visible_to(self.user).filter(run_id=run_id).values_list("pk", flat=True).first()
        if pk is None:
            raise run_not_found(run_id)
        return {"run": run_payload(run_records([pk])[0])}


class UpdateRun(MlflowView):  # POST runs/update
    class request_body(RunRequest):
        status: RunStatus | UnsetType = UNSET
        end_time: int = 0
        run_name: str = ""

    def answer(self, data):
        run = update_run(
            run_id_of(data),
            status=None if data.status is UNSET else data.status,
            end_time=data.end_time,
            name=data.run_name,
            user=self.user,
        )
        return {"run_info": run_info_payload(run)}


class DeleteRun(MlflowView):  # POST runs/delete
    class request_body(Request):
        run_id: str

    def answer(self, data):
        delete_run(data.run_id, user=self.user)
        return {}


class RestoreRun(MlflowView):  # POST runs/restore
    request_body = DeleteRun.request_body

    def answer(self, data):
        restore_run(data.run_id, user=self.user)
        return {}
