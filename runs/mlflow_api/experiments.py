"""experiments/*"""

from collections import defaultdict
from collections.abc import Sequence

from runs.keys import key_names
from runs.mlflow_api.payloads import experiment_payload
from runs.models import Experiment
from runs.services.experiments import (
    create_experiment,
    delete_experiment,
    delete_experiment_tag,
    experiment_pk,
    not_found,
    rename_experiment,
    restore_experiment,
    set_experiment_tag,
)
from trackui.db import fetch_all, in_list
from trackui.errors import ResourceDoesNotExist, shorten
from trackui.mlflow_api.fields import KeyValue, Request
from trackui.mlflow_api.views import MlflowView


def experiment_payloads(experiments: Sequence[Experiment]) -> list[dict]:
    """Two statements, however many experiments."""
    tags = defaultdict(list)
    if experiments:
        ids = [experiment.pk for experiment in experiments]
        rows = fetch_all(
            f"SELECT experiment_id, key_id, value FROM runs_experimenttag WHERE experiment_id IN {in_list(ids)}", ids
        )
        names = key_names({key for _, key, _ in rows})
        for experiment, key, value in rows:
            tags[experiment].append((names[key], value))
    return [experiment_payload(experiment, tags[experiment.pk]) for experiment in experiments]


class ExperimentRequest(Request):
    experiment_id: str


class CreateExperiment(MlflowView):  # POST experiments/create
    class request_body(Request):
        name: str
        artifact_location: str = ""
        tags: list[KeyValue] = []

    def answer(self, data):
        experiment = create_experiment(
            data.name,
            artifact_location=data.artifact_location,
            tags={tag.key: tag.value for tag in data.tags},
            user=self.user,
        )
        return {"experiment_id": experiment.experiment_id}


class GetExperiment(MlflowView):  # GET experiments/get
    methods = ("GET",)
    request_body = ExperimentRequest

    def answer(self, data):
        found = Experiment.objects.visible_to(self.user).filter(pk=experiment_pk(data.experiment_id)).first()
        if found is None:
            raise not_found(data.experiment_id)
        return {"experiment": experiment_payloads([found])[0]}


class GetExperimentByName(MlflowView):  # GET experiments/get-by-name
    methods = ("GET",)

    class request_body(Request):
        experiment_name: str

    def answer(self, data):
        found = Experiment.objects.visible_to(self.user).filter(name=data.experiment_name).first()
        if found is None:
            raise ResourceDoesNotExist(f"Could not find experiment with name '{shorten(data.experiment_name)}'")
        return {"experiment": experiment_payloads([found])[0]}


class UpdateExperiment(MlflowView):  # POST experiments/update
    class request_body(Request):
        experiment_id: str
        new_name: str

    def answer(self, data):
        rename_experiment(data.experiment_id, data.new_name, user=self.user)
        return {}


class DeleteExperiment(MlflowView):  # POST experiments/delete
    request_body = ExperimentRequest

    def answer(self, data):
        delete_experiment(data.experiment_id, user=self.user)
        return {}


class RestoreExperiment(MlflowView):  # POST experiments/restore
    request_body = ExperimentRequest

    def answer(self, data):
        restore_experiment(data.experiment_id, user=self.user)
        return {}


class SetExperimentTag(MlflowView):  # POST experiments/set-experiment-tag
    class request_body(Request):
        experiment_id: str
        key: str
        value: str = ""

    def answer(self, data):
        set_experiment_tag(data.experiment_id, data.key, data.value, user=self.user)
        return {}


class DeleteExperimentTag(MlflowView):  # POST experiments/delete-experiment-tag
    class request_body(Request):
        experiment_id: str
        key: str

    def answer(self, data):
        delete_experiment_tag(data.experiment_id, data.key, user=self.user)
        return {}
