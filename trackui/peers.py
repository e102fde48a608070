"""Which addresses of the network this server may send to."""

import ipaddress

from trackui.receivers import Receiver

IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")
# The rest of the world as a network without IPv4 sees it: an address of IPv4 is in the last 32 bits.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Within what counts as global, but for documentation, ways into other networks, or where clouds tell secrets: Oracle's
# 192.0.0.192 and Azure's 168.63.129.16 are their machines' own, and answer no other.
REFUSED = [
    ipaddress.ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def may_send_to(receiver: Receiver, peer: str) -> bool:
    """`peer`: an address as the system writes it, of a name's or of a socket's other end.

    Names lead to public addresses. An origin that the operator wrote out may lead to this machine or a private
    network; one with an address leads to that address.
    """
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:  # with an interface of this machine in it
        return False
    if not receiver.is_exact:
        return is_public(address)
    if receiver.origin.address is not None:
        return address == receiver.origin.address
    return is_public(address) or is_of_private_network(address)


def is_public(address: Address) -> bool:
    if address.version == 6 and address in NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.version == 6 and address not in IPV6_UNICAST:  # also those that hold one of IPv4 in another way
        return False
    return address.is_global and not address.is_multicast and not any(address in network for network in REFUSED)


def is_of_private_network(address: Address) -> bool:
    """Neither link-local, where clouds tell secrets, nor any other with a meaning of its own."""
    if address.is_loopback:
        return True
    privates = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
    return any(address in ipaddress.ip_network(network) for network in privates)
