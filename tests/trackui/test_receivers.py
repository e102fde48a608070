"""Which addresses may be sent to."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from trackui import env
from trackui.receivers import BadAddress, Origin, origin_of, receiver_of


@pytest.mark.parametrize(
    ("word", "origin", "is_exact"),
    [
        ("hooks.example.com", Origin("https", "hooks.example.com", 443), False),
        ("HOOKS.example.com", Origin("https", "hooks.example.com", 443), False),
        ("hooks.example.com:8443", Origin("https", "hooks.example.com", 8443), False),
        ("http://127.0.0.1:9000", Origin("http", "127.0.0.1", 9000), True),
        ("http://127.0.0.1:9000/", Origin("http", "127.0.0.1", 9000), True),
        ("http://jenkins:8080", Origin("http", "jenkins", 8080), True),
        ("https://[::1]:9443", Origin("https", "::1", 9443), True),
        ("https://[0:0::1]", Origin("https", "::1", 443), True),
    ],
)
def test_a_word_allows_one_host_or_one_origin(word, origin, is_exact):
    receiver = receiver_of(word)

    assert (receiver.origin, receiver.is_exact) == (origin, is_exact)


@pytest.mark.parametrize(
    "word",
    [
        "127.0.0.1", "[::1]", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "http://0x7f000001:9000", "*.example.com",
        ".example.com", "example..com", "example.com.", "-a.com", "http://", "ftp://example.com", "example.com/path",
        "http://127.0.0.1:9000/path", "http://127.0.0.1:9000?q", "http://a@127.0.0.1:9000", "example.com:0",
        "example.com:99999", "example.com:", "exämple.com", "a b.com", "http://[::1%25lo]:80", "http://[::1", "a" * 254,
    ],
)  # fmt: skip
def test_a_word_that_names_no_one_host_is_refused(word):
    with pytest.raises(BadAddress):
        receiver_of(word)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "javascript:alert(1)",
        "//a.com/x",
        "https://a.com\\@b.com",
        "https://a.com\r\nX: y",
        "https://u:p@a.com/",
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_refused(url):
    with pytest.raises(BadAddress):
        origin_of(url)


def test_a_bad_setting_stops_the_start_and_names_itself(monkeypatch):
    monkeypatch.setenv("TRACKUI_WEBHOOK_HOSTS", "hooks.example.com, 10.0.0.5")

    with pytest.raises(ImproperlyConfigured, match=r"TRACKUI_WEBHOOK_HOSTS.*'10\.0\.0\.5'"):
        env.receivers("TRACKUI_WEBHOOK_HOSTS")
