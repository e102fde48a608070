"""Addresses that webhooks may have."""

from django.conf import settings

from trackui.errors import InvalidParameterValue, shorten
from trackui.outbound import NotSent, allowed_addresses, allowed_receiver
from trackui.receivers import PORTS, BadAddress

MAX_URL_LENGTH = 2048
OFF = (
    "Webhooks are off. The operator turns them on by naming the hosts that may be sent to in TRACKUI_WEBHOOK_HOSTS, "
    "and starting the server again."
)


def check_on() -> None:
    if not settings.TRACKUI_WEBHOOK_HOSTS:
        raise InvalidParameterValue(OFF)


def check_url(url: str) -> None:
    """InvalidParameterValue for what may not be sent to. Looks up the name of a receiver that is to be public."""
    if not url.strip():
        raise InvalidParameterValue("Webhook URL cannot be empty or just whitespace.")
    if len(url) > MAX_URL_LENGTH:
        raise InvalidParameterValue(f"Webhook URL has more than {MAX_URL_LENGTH} characters.")
    scheme = url.partition(":")[0].lower()
    if scheme not in PORTS:
        raise InvalidParameterValue(f"Invalid webhook URL scheme: '{shorten(scheme, 40)}'. It must be https.")
    try:
        receiver = allowed_receiver(url, settings.TRACKUI_WEBHOOK_HOSTS)
    except BadAddress as error:
        raise InvalidParameterValue(f"Invalid webhook URL '{shorten(url)}': {error}.") from None
    try:
        allowed_addresses(receiver)
    except NotSent as error:
        raise InvalidParameterValue(f"Invalid webhook URL '{shorten(url)}'. {error}") from None
    except OSError:
        return  # a name that is not known yet may be when there is something to send
