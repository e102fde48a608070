"""python -m runs.demo: fills a running server with real runs, by the MLflow client that any script would use.

It trains scikit-learn's models on the data sets that scikit-learn ships. Seeds are fixed: a second call adds the same
runs once more.
"""

import argparse
import logging
import os
import sys
import time
import urllib.error
import urllib.request
import warnings

# Read by the client when it is imported. The runs are in the dashboard: no line for each of them here.
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
# Read by numpy: these models are small, and its threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

DEFAULT_BIND = "127.0.0.1:5000"


def main() -> int:
    arguments = read_arguments()
    url = arguments.url.rstrip("/")
    if not answers(url):
        print(
            f"No server answers at {url}. Start one with `make run`, or name it: make demo MLFLOW_TRACKING_URI=...",
            file=sys.stderr,
        )
        return 1
    began = time.monotonic()
    count = fill(url, at_most=arguments.at_most)
    print(f"{count} runs, with their children, in {time.monotonic() - began:.0f} s. See them at {url}")
    return 0


def read_arguments() -> argparse.Namespace:
    named = os.environ.get("MLFLOW_TRACKING_URI") or f"http://{os.environ.get('TRACKUI_BIND') or DEFAULT_BIND}"
    parser = argparse.ArgumentParser(prog="python -m runs.demo", description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default=named, help="the server's address (default: %(default)s)")
    parser.add_argument("--at-most", type=int, metavar="N", help="only the first N runs of each study")
    return parser.parse_args()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as response:  # noqa: S310 - the user's own address
            return response.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False


def fill(url: str, *, at_most: int | None) -> int:
    """All studies, one after the other; how many runs that made."""
    import mlflow
    from tqdm import tqdm

    from runs.demo.studies import breast_cancer, diabetes, digits, iris, wine

    # What the client notes as the source of each run: a path inside of the repository, not of this machine.
    sys.argv[0] = os.path.relpath(sys.argv[0])
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")  # of scikit-learn, that a model could be trained longer: that is what one sees here
    mlflow.set_tracking_uri(url)
    studies = [module.STUDY for module in (iris, wine, diabetes, digits, breast_cancer)]
    with tqdm(total=sum(len(study.steps[:at_most]) for study in studies), unit="run", dynamic_ncols=True) as progress:
        for study in studies:
            progress.set_description(study.experiment)
            study.begin()
            for step in study.steps[:at_most]:
                step()
                progress.update()
            if study.finish:
                study.finish()
    mlflow.flush_async_logging()
    return progress.total


if __name__ == "__main__":
    sys.exit(main())
