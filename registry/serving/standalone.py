"""A model served without Django, as the images of `build_image` start it:

    python -I app/registry/serving/standalone.py --model-python env/bin/python [--port 8080] [--workers N]

Expects `model.json` and the folder `model/` beside `app/`.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from registry.serving.front.board import Posted
from registry.serving.front.server import FrontConfig
from registry.serving.scorers import CannotLoad, Launch
from registry.serving.supervisor import CannotServe, Supervisor

# The folder that holds app/, model/ and model.json.
ROOT = Path(__file__).resolve().parents[3]
STEP_SECONDS = 0.5


def main() -> int:
    options = parsed(sys.argv[1:])
    stop = threading.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: stop.set())
    folder = Path(tempfile.mkdtemp(prefix="serving-"))
    supervisor = Supervisor(folder, workers=options.workers)
    try:
        supervisor.load(launch_of(folder, options))
        bind = f"[{options.host}]:{options.port}" if ":" in options.host else f"{options.host}:{options.port}"
        supervisor.start_front(FrontConfig(board=supervisor.board.path, binds=(bind,)), environ=os.environ)
        print(f"Serving at {bind}", flush=True)
        while not stop.wait(STEP_SECONDS):
            if not supervisor.front.is_running:
                print("The front ended by itself.", file=sys.stderr)
                return 1
    except (CannotLoad, CannotServe) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="serving", description="Serve the model of this image.")
    parser.add_argument("--model-python", type=Path, required=True, help="interpreter that has the model's packages")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--workers", type=int, default=1, help="scoring processes, each with the model")
    parser.add_argument("--threads", type=int, default=1, help="requests a process scores at once")
    return parser.parse_args(arguments)


def launch_of(folder: Path, options: argparse.Namespace) -> Launch:
    told = json.loads((ROOT / "model.json").read_text())
    posted = Posted("image", tuple(map(tuple, told["headers"])), told["mlflow_version"])
    model = folder / "model.json"
    model.write_text(json.dumps({**told["model"], "path": str(ROOT / "model")}))
    example = told["example"].encode()
    return Launch(options.model_python, model, posted, threads=options.threads, environ=os.environ, example=example)


if __name__ == "__main__":
    sys.exit(main())
