"""Typed readers of the environment. A bad value stops the start and names itself."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from trackui.linear_regex import Pattern, PatternError, compile_pattern
from trackui.receivers import BadAddress, Receiver, receiver_of

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list, blanks dropped."""
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in TRUE_WORDS:
        return True
    if value in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} must be 'on' or 'off', not {value!r}.")


def integer(name: str, default: int, *, at_least: int, at_most: int) -> int:
    value = text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if not at_least <= number <= at_most:
        raise ImproperlyConfigured(f"{name} must lie between {at_least} and {at_most}, not {number}.")
    return number


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    value = text(name, default).lower()
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(options)}, not {value!r}.")
    return value


def folder(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().absolute()


def address(name: str, default: str) -> tuple[str, int]:
    """`host:port`; an IPv6 host stands in brackets."""
    value = text(name, default)
    host, colon, port = value.rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ImproperlyConfigured(f"{name} must look like 127.0.0.1:5000, not {value!r}.")
    return host.strip("[]"), int(port)


def receivers(name: str) -> list[Receiver]:
    """Hosts and origins this server may send to; see `trackui.receivers`."""
    found = []
    for word in words(name):
        try:
            found.append(receiver_of(word))
        except BadAddress as error:
            usual = "hosts like hooks.example.com and origins like http://127.0.0.1:9000"
            raise ImproperlyConfigured(f"{name} holds {usual}, not {word!r}: {error}.") from None
    return found


def pattern(name: str) -> Pattern | None:
    """A regular expression; None when there is none."""
    value = text(name)
    try:
        return compile_pattern(value) if value else None
    except PatternError as error:
        raise ImproperlyConfigured(f"{name} must be a regular expression, not {value!r}: {error}") from None


def with_changes(**changes: str) -> dict[str, str]:
    """All of the environment, for a process of our own that is to see some of it otherwise."""
    return {**os.environ, **changes}


# What a program that is not ours may see: nothing of this server's settings, and no secret of its operator's.
HARMLESS = (
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TEMP TMP LD_LIBRARY_PATH DYLD_LIBRARY_PATH "
    "SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE CUDA_VISIBLE_DEVICES CUDA_HOME CC CXX CFLAGS LDFLAGS"
).split()
HARMLESS_PREFIXES = ("LC_", "OMP_", "MKL_", "OPENBLAS_", "NUMEXPR_")
# For programs that fetch packages: indexes, which may hold a password, and the way out.
FETCHING_PREFIXES = ("PIP_", "UV_")
FETCHING = "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy".split()


def cleaned(*, fetching: bool = False, **changes: str) -> dict[str, str]:
    """The environment of a process that runs what others have written: with `fetching`, one that installs packages."""
    names = {*HARMLESS, *(FETCHING if fetching else ())}
    prefixes = HARMLESS_PREFIXES + (FETCHING_PREFIXES if fetching else ())
    kept = {name: value for name, value in os.environ.items() if name in names or name.startswith(prefixes)}
    return {**kept, **changes}
