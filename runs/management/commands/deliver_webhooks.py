"""deliver_webhooks: send what waits for webhooks until told to stop."""

from django.core.management.base import BaseCommand, CommandError

from runs.webhooks.addresses import check_on
from runs.webhooks.courier import Courier
from trackui.errors import InvalidParameterValue


class Command(BaseCommand):
    help = (
        "Send what waits for webhooks until told to stop. `serve` starts one beside itself where TRACKUI_WEBHOOK_HOSTS "
        "allows any; more of them never send one message at once."
    )
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, and end")
        # serve's own: end when that process has.
        parser.add_argument("--parent", type=int, help="end when the process of this number, which started it, has")

    def handle(self, *, once: bool, parent: int | None, **options) -> None:
        try:
            check_on()
        except InvalidParameterValue as error:
            raise CommandError(error.message) from None
        courier = Courier(parent=parent)
        if once:
            count = courier.send_due()
            self.stdout.write(f"{count} attempt{'' if count == 1 else 's'} made.")
            return
        if parent is None:
            self.stdout.write("Waiting for messages to send  (stop: Ctrl-C)")
            self.stdout.flush()
        courier.run()
