"""Datasets and the runs that read them."""

from django.db import models


class Dataset(models.Model):
    """Identified by (experiment, name, digest): a later upload of the same keeps the first one's fields."""

    experiment = models.ForeignKey("runs.Experiment", on_delete=models.CASCADE, db_index=False, related_name="datasets")
    name = models.CharField(max_length=500)
    digest = models.CharField(max_length=36)
    source_type = models.CharField(max_length=36)
    source = models.TextField()
    schema = models.TextField(blank=True)
    profile = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "name", "digest"], name="dataset_identity")]

    def __str__(self) -> str:
        return f"{self.name} ({self.digest})"


class RunInput(models.Model):
    """A dataset as the input of a run: once, whatever the number of times it was logged."""

    run = models.ForeignKey("runs.Run", on_delete=models.CASCADE, db_index=False, related_name="inputs")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="inputs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "dataset"], name="dataset_once_a_run")]


class InputTag(models.Model):
    pk = models.CompositePrimaryKey("run_input", "name")
    run_input = models.ForeignKey(RunInput, on_delete=models.CASCADE, db_index=False, related_name="tags")
    name = models.CharField(max_length=255)
    value = models.CharField(max_length=500)
