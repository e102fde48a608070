"""Whether more of a metric is better: as a person declared it, else a guess from its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from runs.models import Direction, MetricDirection

HIGHER_WORDS = {
    "acc", "accuracy", "auc", "auroc", "aucpr", "auprc", "ap", "map", "precision", "recall", "f1", "f2", "fbeta",
    "score", "r2", "bleu", "rouge", "meteor", "chrf", "iou", "miou", "dice", "reward", "return", "throughput",
    "ndcg", "mrr", "psnr", "ssim", "kappa", "mcc", "correlation", "pearson", "spearman", "silhouette", "likelihood",
    "purity", "specificity", "sensitivity", "tpr", "tnr", "hits", "coverage", "wins", "winrate",
}  # fmt: skip
LOWER_WORDS = {
    "loss", "error", "err", "mse", "rmse", "mae", "mape", "smape", "msle", "rmsle", "deviation", "perplexity",
    "ppl", "nll", "bpb", "bpc", "kl", "divergence", "cost", "time", "seconds", "secs", "duration", "latency", "ms",
    "wer", "cer", "fid", "logloss", "crossentropy", "entropy", "regret", "brier", "hinge", "distance", "fpr", "fnr",
    "residual", "impurity", "gini", "overfit", "failures", "misses", "memory",
}  # fmt: skip
# camelCase, ALLCaps followed by a word, letters next to digits of another part: valLoss, F1Score, top5_acc.
WORD = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+")


class DirectionOfMetric(NamedTuple):
    """`is_guess`: nobody declared it. Without a direction nothing is better or worse."""

    direction: Direction | None
    is_guess: bool

    @property
    def higher_is_better(self) -> bool:
        return self.direction == Direction.HIGHER

    @property
    def lower_is_better(self) -> bool:
        return self.direction == Direction.LOWER


def guess_direction(name: str) -> Direction | None:
    """By the last word that says something: `error_score` is a score, `score_error` an error. `neg_` turns it round."""
    words = [word.lower() for word in WORD.findall(name)]
    joined = [one + other for one, other in pairwise(words)]  # cross_entropy, log_loss, r_2
    for word in [*reversed(words), *joined]:
        plain = word if word in HIGHER_WORDS or word in LOWER_WORDS else word.rstrip("0123456789")
        if plain in HIGHER_WORDS:
            return Direction.HIGHER
        if plain in LOWER_WORDS:
            turned = "neg" in words or "negative" in words
            return Direction.HIGHER if turned else Direction.LOWER
    return None


def directions(experiment_pk: int | None, keys: Iterable[str]) -> dict[str, DirectionOfMetric]:
    """For each key: declared for the experiment, else for all experiments, else guessed. One statement."""
    keys = list(keys)
    # Few are ever declared, keys can be thousands: so all are read.
    declared: dict[str, Direction] = {}
    rows = MetricDirection.objects.values_list("experiment_id", "key__name", "direction")
    for owner, key, direction in sorted(rows, key=lambda row: row[0] is not None):
        if owner is None or owner == experiment_pk:
            declared[key] = Direction(direction)
    return {
        key: DirectionOfMetric(declared[key], False)
        if key in declared
        else DirectionOfMetric(guess_direction(key), True)
        for key in keys
    }
