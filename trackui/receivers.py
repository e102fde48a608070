"""Which addresses on the web the operator lets this server send to, as `TRACKUI_WEBHOOK_HOSTS` names them."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
# The last label of a name has a letter first, so no number form of an address is a name: 0x7f.1, 2130706433, 127.1.
HOST_NAME = re.compile(rf"(?:{LABEL}\.)*[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?\Z")
URL_CHARACTERS = re.compile(r"[!-~]+\Z")


class BadAddress(ValueError):
    """Its text says what is wrong."""


@dataclass(frozen=True)
class Origin:
    """`host` in lower case, an address in its usual form and without brackets."""

    scheme: str
    host: str
    port: int

    @property
    def address(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """None where the host is a name."""
        return as_address(self.host)


@dataclass(frozen=True)
class Receiver:
    """`is_exact`: the operator wrote the origin out, so it may be plain http, and a private or loopback address."""

    origin: Origin
    is_exact: bool


def receiver_of(word: str) -> Receiver:
    """What a word of the setting allows: `hooks.example.com` or `hooks.example.com:8443` is https to that host,
    `http://127.0.0.1:9000` is exactly that origin. BadAddress else.
    """
    if "://" in word:
        origin = origin_of(word)
        if urlsplit(word).path not in ("", "/") or set(word) & set("?#"):
            raise BadAddress("an origin ends after its port")
        return Receiver(origin, is_exact=True)
    origin = origin_of(f"https://{word}")
    if set(word) & set("/?#"):
        raise BadAddress("a host has no path")
    if origin.address is not None:
        raise BadAddress(f"an address is written as an origin, like https://{word}")
    return Receiver(origin, is_exact=False)


def origin_of(url: str) -> Origin:
    """Of an address on the web; BadAddress for what could be read in two ways.

    Only printable ASCII, no user and password, and a host that is a name or an address in its usual form.
    """
    if not URL_CHARACTERS.match(url) or "\\" in url:
        raise BadAddress("it has characters that an address on the web does not have")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise BadAddress("its host or port cannot be read") from None
    if parts.scheme not in PORTS:
        raise BadAddress("it does not start with https://")
    if "@" in parts.netloc:
        raise BadAddress("it holds a name or a password")
    if port == 0 or parts.netloc.endswith(":"):
        raise BadAddress("its host or port cannot be read")
    address = as_address(host)
    if address is None and (not HOST_NAME.match(host) or len(host) > 253):
        raise BadAddress("its host is neither a name nor an address in its usual form")
    return Origin(parts.scheme, host if address is None else str(address), port or PORTS[parts.scheme])


def as_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if "%" in host:  # an interface of this machine
        return None
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
