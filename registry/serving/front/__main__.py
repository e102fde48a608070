"""python -I registry/serving/front CONFIG.json"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from registry.serving.front.server import main

main()
