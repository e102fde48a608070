"""Which of the metrics of a run people look at first."""

from runs.metrics.direction import DirectionOfMetric

# On data not trained on, and not how long it took.
HELD_OUT = ("val", "test", "eval", "valid", "dev", "cv", "holdout")
SELDOM_FIRST = ("time", "seconds", "duration", "latency", "memory", "train")


def headline_rank(key: str, direction: DirectionOfMetric) -> tuple:
    """To sort by: a metric with a direction first, then one of held-out data, declared rather than guessed, short."""
    name = key.casefold()
    held_out = any(name.startswith(word) or f"/{word}" in name or f"_{word}" in name for word in HELD_OUT)
    return (
        direction.direction is None,
        any(word in name for word in SELDOM_FIRST),
        not held_out,
        direction.is_guess,
        len(key),
        key,
    )
