"""The process that sends what waits for webhooks, a thread for each attempt."""

import logging
import queue as queues
import threading
import time
from collections import Counter

from runs.webhooks import queue
from runs.webhooks.attempt import Outcome, attempt
from runs.webhooks.queue import Claim
from trackui.attendant import POLL_SECONDS, Attendant

logger = logging.getLogger("trackui.webhooks")

UPKEEP_SECONDS = 60.0
PRUNE_SECONDS = 3_600.0
# For attempts under way to come to their end; those that do not are made again by the next courier.
STOP_SECONDS = 5.0

MOST_AT_ONCE = 32
# So that a receiver that hangs does not hold up the others.
MOST_AT_ONCE_OF_ONE = 2


class Courier(Attendant):
    """`run()` until a signal says stop, or until the process `parent` is gone."""

    def __init__(self, *, parent: int | None = None) -> None:
        super().__init__(parent=parent)
        # Attempts under way, by webhook.
        self.under_way: Counter[int] = Counter()
        self.ended: queues.SimpleQueue[tuple[Claim, Outcome]] = queues.SimpleQueue()

    def step(self) -> None:
        self.send()
        if self.is_due("upkeep", UPKEEP_SECONDS):
            for webhook in queue.due_webhooks():
                queue.give_up_beyond(webhook)
        if self.is_due("prune", PRUNE_SECONDS):
            queue.prune()

    def wait(self) -> None:
        """Until an attempt ends, while there are any: another can be begun then."""
        if self.under_way.total():
            self.settle(POLL_SECONDS)
        else:
            super().wait()

    def stop(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while self.under_way.total() and (left := deadline - time.monotonic()) > 0:
            self.settle(left)

    def send_due(self) -> int:
        """Send what is due, and wait for it; how many attempts that took."""
        count = self.send()
        while self.under_way.total():
            self.settle(POLL_SECONDS)
            count += self.send()
        return count

    def send(self) -> int:
        """Begin what can be begun; how many attempts."""
        free = MOST_AT_ONCE - self.under_way.total()
        if free <= 0 or not queue.has_due():
            return 0
        wanted = {}
        for webhook in queue.due_webhooks():
            count = min(free, MOST_AT_ONCE_OF_ONE - self.under_way[webhook])
            if count > 0:
                wanted[webhook] = count
                free -= count
        if not wanted:
            return 0
        claims = queue.claim(wanted)
        for taken in claims:
            self.under_way[taken.webhook] += 1
            threading.Thread(target=self.attempt, args=[taken], daemon=True).start()
        return len(claims)

    def attempt(self, taken: Claim) -> None:
        outcome = Outcome(error="The attempt failed; the server's log says why.")
        try:
            outcome = attempt(taken.message) if taken.is_active else Outcome(error="It is disabled.", is_final=True)
        except Exception:
            logger.exception("An attempt to deliver %s failed", taken.message.delivery_id)
        finally:
            self.ended.put((taken, outcome))

    def settle(self, seconds: float) -> None:
        """Write down how attempts ended, once one has, or so many seconds have passed."""
        outcomes = []
        try:
            outcomes.append(self.ended.get(timeout=seconds))
            while True:
                outcomes.append(self.ended.get_nowait())
        except queues.Empty:
            pass
        if outcomes:
            self.under_way.subtract(taken.webhook for taken, _ in outcomes)
            queue.settle(outcomes)
