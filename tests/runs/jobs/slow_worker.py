"""A worker that knows one more kind of job, `slow`: it counts to 100, a tenth of a second each; `die` ends its process.

Run with the settings of an installation in the environment.
"""

import os
import sys
import time

import django


def main() -> None:
    django.setup()

    from runs.jobs.registry import job
    from runs.jobs.worker import Worker

    @job("slow")
    def slow(progress) -> dict:
        for number in range(100):
            progress(number, 100)
            time.sleep(0.1)
        return {}

    @job("die")
    def die(progress) -> None:
        os._exit(9)

    Worker(parent=int(sys.argv[1]) if len(sys.argv) > 1 else None).run()


if __name__ == "__main__":
    main()
