"""docs/performance.md: every benchmark can be repeated from there."""

import re

from tests.servers import REPOSITORY


def test_the_page_has_a_command_for_every_benchmark():
    page = (REPOSITORY / "docs" / "performance.md").read_text()
    modules = (REPOSITORY / "benchmarks").glob("*.py")
    runnable = {path.stem for path in modules if '__name__ == "__main__"' in path.read_text()}

    assert set(re.findall(r"python -m benchmarks\.(\w+)", page)) == runnable
