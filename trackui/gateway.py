"""The gunicorn worker: requests are awaited without a thread, and no client holds a thread by being slow."""

import os
import re
import selectors
import signal
import socket
import time
from functools import lru_cache, partial

from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.http.body import ChunkedReader
from gunicorn.workers.gthread import TConn, ThreadWorker

from trackui.client_socket import RECEIVE_SIZE, STALL_SECONDS, ChunkedBody, ClientSocket
from trackui.logs import JsonFormatter
from trackui.request_heads import END_OF_HEAD, RememberedRequest

# From the first byte of a request to the end of its head, and from there to the end of an awaited body.
REQUEST_SECONDS = 15.0

# For a client to close its side, once it has been told that the connection ends.
CLOSING_SECONDS = 2.0

# Larger bodies are streamed by the thread that handles them; so is everything once this much is held in all.
LARGEST_AWAITED_BODY = 2**20
LARGEST_AWAITED_HEAD = 2**16
LARGEST_HELD = 2**26

# A thread that has answered stays with the client for so long when no other request waits for a thread: most
# clients send the next request at once, and handing it over costs more than handling it.
LINGER_SECONDS = 0.005

# How long a worker lets others accept a new connection, for each connection that keeps it busy already, and in all.
ACCEPT_DELAY_SECONDS = 0.001
LONGEST_ACCEPT_DELAY_SECONDS = 0.004

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
# A body of unknown length, or one that the client sends only after an answer to its head.
NOT_AWAITED = re.compile(rb"\r\n(transfer-encoding|expect):", re.IGNORECASE)


class Connection(TConn):
    """A connection between two requests: what has arrived of the next one, and until when the rest must."""

    def __init__(self, cfg, sock: socket.socket, client, server) -> None:
        super().__init__(cfg, ClientSocket(sock), client, server)
        self.received = bytearray()
        self.deadline = 0.0
        self.length: int | None = None  # of the whole request, once its head is complete
        self.data_ready = True

    def init(self) -> None:
        """In the thread that handles the request: from here on, reading and sending wait."""
        super().init()
        self.parser.mesg_class = RememberedRequest
        self.sock.settimeout(STALL_SECONDS)
        self.parser.unreader.unread(bytes(self.received))
        self.received.clear()
        self.length = None

    def receive(self) -> bool:
        """Take what has arrived, without waiting; True when a thread can go on. ConnectionError at its end."""
        try:
            data = socket.socket.recv(self.sock, RECEIVE_SIZE)
        except BlockingIOError:
            return False
        if not data:
            raise ConnectionResetError
        self.received += data
        return self.is_complete()

    def is_complete(self) -> bool:
        """Whether the request is there, or is one whose rest a thread must read."""
        if self.length is None:
            end = self.received.find(END_OF_HEAD)
            if end < 0:
                return len(self.received) > LARGEST_AWAITED_HEAD
            head = self.received[: end + 2]
            self.deadline = time.monotonic() + REQUEST_SECONDS
            length = CONTENT_LENGTH.search(head)
            body = int(length[1]) if length and not NOT_AWAITED.search(head) else 0
            self.length = end + len(END_OF_HEAD) + (body if body <= LARGEST_AWAITED_BODY else 0)
        return len(self.received) >= self.length


class TrackuiWorker(ThreadWorker):
    """gunicorn's threaded worker, but a thread is only taken when there is something to do.

    The main thread reads each request's head, and its body if that is small, as it arrives: hundreds of idle
    or trickling clients cost memory alone.
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.awaited: set[Connection] = set()
        self.next_sweep = 0.0

    def init_process(self) -> None:
        # As plain attributes: looking a setting up costs a microsecond, some thirty times a request.
        vars(self.cfg).update({name: setting.get() for name, setting in self.cfg.settings.items()})
        # Writing the date costs as much as all other headers, and it changes once a second.
        write_date = lru_cache(maxsize=1)(util.http_date)
        util.http_date = lambda: write_date(int(time.time()))
        super().init_process()

    def init_signals(self) -> None:
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)  # held since before the fork

    def accept(self, listener) -> None:
        # All workers wake up for a new connection: the one with the fewest should have it. Those that have asked
        # for nothing in the time that a thread lingers do not count.
        busy = self.nr_conns - len(self.keepalived_conns)
        time.sleep(min(busy * ACCEPT_DELAY_SECONDS, LONGEST_ACCEPT_DELAY_SECONDS))
        try:
            sock, client = listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, sock, client, listener.getsockname())
        self.await_request(conn)

    def await_request(self, conn: Connection) -> None:
        conn.deadline = time.monotonic() + REQUEST_SECONDS
        conn.sock.setblocking(False)
        self.awaited.add(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_request_bytes, conn))

    def on_request_bytes(self, conn: Connection, client) -> None:
        try:
            ready = conn.receive() or self.too_much_held(conn)
        except OSError:
            self.drop_awaited(conn)
            return
        if ready:
            self.awaited.discard(conn)
            self.poller.unregister(conn.sock)
            super().enqueue_req(conn)

    def too_much_held(self, conn: Connection) -> bool:
        if len(conn.received) <= RECEIVE_SIZE:
            return False
        return sum(len(other.received) for other in self.awaited) > LARGEST_HELD

    def drop_awaited(self, conn: Connection) -> None:
        self.awaited.discard(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def on_client_socket_readable(self, conn: Connection, client) -> None:
        """The next request on a kept connection begins."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self.await_request(conn)
        self.on_request_bytes(conn, client)

    def enqueue_req(self, conn: Connection) -> None:
        """Called with a connection on which the next request has begun to arrive behind the last one."""
        conn.received += conn.parser.unreader.take_buffered()
        if conn.is_complete():
            super().enqueue_req(conn)
        else:
            self.await_request(conn)

    def murder_pending(self) -> None:
        """Close connections whose request did not arrive in time. Called after each event: looks once a second."""
        now = time.monotonic()
        if now < self.next_sweep:
            return
        self.next_sweep = now + 1.0
        for conn in [conn for conn in self.awaited if conn.deadline < now]:
            self.drop_awaited(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Called once when the worker stops: connections that ask for nothing are not waited for either."""
        super()._cap_keepalive(deadline)
        for conn in self.awaited:
            if not conn.received:
                conn.deadline = min(conn.deadline, deadline)

    def handle(self, conn: Connection):
        """Answer requests of one connection, one after another while they come without a pause."""
        while True:
            keep = super().handle(conn)
            if keep is not True or not self.alive or not self.follows(conn):
                return keep

    def follows(self, conn: Connection) -> bool:
        """Whether the next request arrives right now, and nobody else waits for this thread."""
        if not self.tpool._work_queue.empty() or conn.parser.unreader.buf.getvalue():
            return False
        conn.sock.settimeout(LINGER_SECONDS)
        try:
            while not conn.receive():
                pass
        except OSError:  # the time is over, or the client has gone: the main thread finds out which
            return False
        return True

    def finish_request(self, conn: Connection, future) -> None:
        if future.cancelled() or future.exception() or not future.result():
            self.close_gently(conn)
        elif conn.received:
            self.await_request(conn)
        else:
            super().finish_request(conn, future)

    def close_gently(self, conn: Connection) -> None:
        """Say that no more comes, and wait for the client to close: closing at once could take the answer's end back.

        gunicorn waits for that in the main thread, where a few clients that do not close would halt the worker.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        conn.deadline = time.monotonic() + CLOSING_SECONDS
        conn.sock.setblocking(False)
        self.awaited.add(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_late_bytes, conn))

    def on_late_bytes(self, conn: Connection, client) -> None:
        try:
            late = socket.socket.recv(conn.sock, RECEIVE_SIZE)
        except BlockingIOError:
            return
        except OSError:
            late = b""
        if not late:
            self.drop_awaited(conn)

    def handle_request(self, req, conn: Connection):
        if isinstance(req.body.reader, ChunkedReader):
            req.body.reader = ChunkedBody(req.body.reader)
        conn.sock.hold_head = True
        try:
            keep = super().handle_request(req, conn)
            conn.sock.flush()
            return keep
        except BaseException:
            conn.sock.forget_head()
            raise


def hold_signals_while_forking() -> None:
    """A worker told to stop before it has its own handlers would queue that for a parent it is not, and stay.

    So these signals wait from before the fork until the worker has its handlers: see TrackuiWorker.init_signals.
    """
    parent = os.getpid()

    def set_mask(how: int) -> None:
        if os.getpid() == parent:
            signal.pthread_sigmask(how, STOP_SIGNALS)

    os.register_at_fork(before=lambda: set_mask(signal.SIG_BLOCK), after_in_parent=lambda: set_mask(signal.SIG_UNBLOCK))


class GatewayLog(Logger):
    """gunicorn's own messages, in the form of all our log lines."""

    def setup(self, cfg) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())
