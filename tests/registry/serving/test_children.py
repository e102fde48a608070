import subprocess
import sys

from registry.serving.children import LONGEST_LINE, Child


def test_a_line_without_an_end_is_not_waited_for(capfd):
    program = "import sys; sys.stderr.write('x' * 100_000); sys.stderr.flush(); print('ready', flush=True); input()"
    child = Child([sys.executable, "-c", program], environ={})

    assert child.wait_until_ready(30)
    child.stop()

    assert max(map(len, child.tail)) == LONGEST_LINE
    assert capfd.readouterr().err == "x" * 100_000


def test_nothing_that_it_started_is_left(capfd):
    program = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE);"
        " print(p.pid, file=sys.stderr, flush=True); print('ready', flush=True); input()"
    )
    child = Child([sys.executable, "-c", program], environ={})
    assert child.wait_until_ready(30)
    child.stop()

    state = subprocess.run(["ps", "-o", "stat=", "-p", child.tail[0]], capture_output=True, text=True, check=False)
    assert state.stdout.strip()[:1] in ("", "Z")
