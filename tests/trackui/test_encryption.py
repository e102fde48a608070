"""Texts that are kept encrypted."""

import pytest

from trackui.encryption import UnreadableText, decrypt, encrypt


def test_a_text_comes_back_and_shows_nothing_meanwhile():
    kept = encrypt("s3cret ✓", purpose="tests")

    assert "s3cret" not in kept
    assert kept != encrypt("s3cret ✓", purpose="tests")
    assert decrypt(kept, purpose="tests") == "s3cret ✓"


def test_it_is_lost_with_the_key(settings):
    kept = encrypt("s3cret", purpose="tests")

    settings.SECRET_KEY = "another" * 10

    with pytest.raises(UnreadableText):
        decrypt(kept, purpose="tests")


def test_it_serves_no_other_purpose():
    with pytest.raises(UnreadableText):
        decrypt(encrypt("s3cret", purpose="tests"), purpose="webhooks")
