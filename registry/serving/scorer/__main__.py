"""`python -I .../scorer/__main__.py --model MODEL.json --socket PATH --threads N`.

The folder around this one is kept off the path, where its modules would stand in the way of the model's.
"""

import importlib.util
import sys
from pathlib import Path

PACKAGE = "trackui_scorer"


def package() -> None:
    """The folder of this file, importable under a name that no model has."""
    folder = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    package()
    sys.exit(importlib.import_module(f"{PACKAGE}.program").main(sys.argv[1:]))
