"""Addresses of the network, by what they are good for."""

import pytest

from trackui.peers import may_send_to
from trackui.receivers import receiver_of

BY_NAME = receiver_of("hooks.example.com")
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"]
PRIVATE = ["127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd00::1"]
OTHER = [
    "0.0.0.0", "169.254.169.254", "192.0.2.1", "198.18.0.1", "192.88.99.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    # Where two clouds tell their machines' secrets.
    "192.0.0.192", "168.63.129.16",
    "::", "fe80::1", "fe80::1%eth0", "ff02::1", "fec0::1", "2001:db8::1", "3fff::1", "100::1",
    # An address of IPv4 in one of IPv6: mapped, compatible, translated, 6to4, Teredo, ISATAP, NAT64.
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1", "2002:7f00:1::", "2002:808:808::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe", "fe80::5efe:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808", "2130706433", "",
]  # fmt: skip


@pytest.mark.parametrize("peer", PUBLIC)
def test_a_name_leads_to_public_addresses(peer):
    assert may_send_to(BY_NAME, peer)


@pytest.mark.parametrize("peer", PRIVATE + OTHER)
def test_a_name_leads_nowhere_else(peer):
    assert not may_send_to(BY_NAME, peer)


@pytest.mark.parametrize("peer", PUBLIC + PRIVATE)
def test_a_name_the_operator_wrote_as_an_origin_may_be_of_a_private_network(peer):
    assert may_send_to(receiver_of("http://jenkins:8080"), peer)


@pytest.mark.parametrize("peer", OTHER)
def test_but_nothing_with_a_meaning_of_its_own(peer):
    assert not may_send_to(receiver_of("http://jenkins:8080"), peer)


@pytest.mark.parametrize("peer", ["127.0.0.2", "::1", "::ffff:127.0.0.1", "8.8.8.8"])
def test_an_address_is_that_address(peer):
    receiver = receiver_of("http://127.0.0.1:9000")

    assert may_send_to(receiver, "127.0.0.1")
    assert not may_send_to(receiver, peer)
