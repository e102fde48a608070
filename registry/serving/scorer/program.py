"""Arguments in, a server that runs until it is told to stop."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import traceback
from pathlib import Path

from .model import Model
from .server import Server


def main(arguments: list[str]) -> int:
    """Says `ready` on stdout when the socket answers. What the model prints goes to stderr."""
    options = parsed(arguments)
    said = own_stdout()
    try:
        model = Model(json.loads(Path(options.model).read_text()))
    except Exception as error:  # the model's own code
        traceback.print_exc()
        print(f"The model cannot be loaded: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    # What is loaded stays: collections, which would stop all threads to look through it, leave it out from now on.
    gc.collect()
    gc.freeze()
    server = Server(model, options.socket, threads=options.threads)
    print("ready", file=said, flush=True)
    server.run()
    return 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scorer", description="Hold one model and answer requests on a socket.")
    parser.add_argument("--model", required=True, help="JSON written by the front")
    parser.add_argument("--socket", required=True, help="path of the Unix socket to make")
    parser.add_argument("--threads", type=int, default=1, help="requests worked on at a time")
    return parser.parse_args(arguments)


def own_stdout():
    """The stream the front reads, kept to ourselves: a model's prints would be taken for our words."""
    said = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return said
