"""Sending to receivers on loopback, which the operator wrote out as origins."""

import socket
import ssl
import threading
import time

import pytest

from tests.receivers import loopback_receiver, status
from trackui.outbound import Answer, NotSent, post
from trackui.receivers import Receiver, origin_of, receiver_of


def sent(receiver, **options) -> Answer:
    return post(receiver.url, b"{}", {"X-A": "b"}, receivers=receiver.allowed, **options)


def test_what_is_sent_arrives_and_the_status_comes_back():
    with loopback_receiver() as receiver:
        answer = sent(receiver)

    assert answer == Answer(204)
    (received,) = receiver.received
    assert (received.path, received.headers["X-A"], received.body) == ("/hook?to=ci", "b", b"{}")
    assert received.headers["Host"] == receiver.origin.removeprefix("http://")


def test_a_redirect_is_an_answer_like_another():
    with loopback_receiver() as other, loopback_receiver(status(302, Location=other.url)) as receiver:
        answer = sent(receiver)

    assert answer.status == 302
    assert not other.received


def test_no_proxy_is_taken_from_the_environment(monkeypatch):
    with loopback_receiver() as proxy, loopback_receiver() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        sent(receiver)

    assert receiver.received
    assert not proxy.received


def test_how_long_to_wait_is_told():
    with loopback_receiver(status(429, Retry_After="17")) as receiver:
        assert sent(receiver) == Answer(429, retry_after=17)


def test_a_body_of_a_gigabyte_is_not_read():
    written = []

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(2**30))
        handler.end_headers()
        try:
            for _ in range(1024):
                handler.wfile.write(bytes(2**20))
                written.append(2**20)
        except OSError:
            pass

    with loopback_receiver(answer) as receiver:
        started = time.monotonic()
        answer = sent(receiver)

    assert answer.status == 200
    assert time.monotonic() - started < 2
    assert sum(written) < 2**26


def test_a_receiver_that_says_nothing_is_given_up():
    released = threading.Event()
    with loopback_receiver(lambda handler: released.wait(10)) as receiver:
        started = time.monotonic()
        with pytest.raises(NotSent, match=r"within 0\.3 s") as raised:
            sent(receiver, seconds=0.3)
        released.set()

    assert time.monotonic() - started < 2
    assert not raised.value.is_final


def test_a_receiver_that_drips_is_given_up_at_the_same_time():
    def answer(handler):
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: yes":
                handler.wfile.write(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass

    with loopback_receiver(answer) as receiver:
        started = time.monotonic()
        with pytest.raises(NotSent, match=r"within 0\.3 s"):
            sent(receiver, seconds=0.3)

    assert time.monotonic() - started < 1


def test_what_is_no_http_is_told():
    with loopback_receiver(lambda handler: handler.wfile.write(b"SSH-2.0-hello\r\n")) as receiver:
        with pytest.raises(NotSent, match="did not answer in HTTP"):
            sent(receiver)


def test_nobody_there_is_told():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(NotSent, match="could not be reached: Connection refused"):
        post(f"http://127.0.0.1:{port}/", b"", {}, receivers=[receiver_of(f"http://127.0.0.1:{port}")])


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "http://hooks.example.com/", "https://hooks.example.com.evil.example/", "https://127.0.0.1/",
     "https://hooks.example.com:8443/", "https://hooks.example.com@evil.example/", "file:///etc/passwd", "https://2130706433/"],
)  # fmt: skip
def test_what_the_operator_does_not_allow_is_not_looked_up(address, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: pytest.fail("looked up"))

    with pytest.raises(NotSent, match="The address is refused") as raised:
        post(address, b"", {}, receivers=[receiver_of("hooks.example.com")])

    assert raised.value.is_final


def leads_to(monkeypatch, address: str, port: int) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)


def test_an_allowed_name_that_leads_here_is_refused_before_it_is_connected(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        leads_to(monkeypatch, *server.getsockname())

        with pytest.raises(NotSent, match="not public") as raised:
            post("https://hooks.example.com/", b"", {}, receivers=[receiver_of("hooks.example.com")])

        with pytest.raises(TimeoutError):
            server.accept()
    assert raised.value.is_final


def test_the_address_is_looked_at_again_once_connected(monkeypatch):
    with loopback_receiver() as receiver:
        allowed = Receiver(origin_of(receiver.origin), is_exact=False)
        looked_at = iter([True, False])
        monkeypatch.setattr("trackui.outbound.may_send_to", lambda *args: next(looked_at))

        with pytest.raises(NotSent, match="not public"):
            post(receiver.url, b"{}", {}, receivers=[allowed])

    assert not receiver.received


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with loopback_receiver() as receiver:
        receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
        origin = receiver.origin.replace("http:", "https:")

        with pytest.raises(NotSent, match="certificate is not valid: self"):
            post(f"{origin}/hook", b"{}", {}, receivers=[receiver_of(origin)])

    assert not receiver.received


def test_with_a_certificate_it_trusts_it_speaks_tls(tmp_path, monkeypatch):
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with loopback_receiver() as receiver:
        receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
        origin = receiver.origin.replace("http:", "https:")

        answer = post(f"{origin}/hook", b"{}", {}, receivers=[receiver_of(origin)])

    assert answer.status == 204


def self_signed(folder):
    """A certificate of 127.0.0.1 with its key, in one file."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file
