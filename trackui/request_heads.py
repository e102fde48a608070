"""Heads of requests, parsed once: a client sends the same one again and again, but for the length of its body."""

from gunicorn.http.message import Request

END_OF_HEAD = b"\r\n\r\n"

# What parsing a head finds out.
PARSED = ("method", "uri", "path", "query", "fragment", "version", "headers", "scheme", "_expected_100_continue")

LARGEST_REMEMBERED = 2048
MOST_REMEMBERED = 256


class RememberedRequest(Request):
    """gunicorn's request; of a head that it has parsed for the same address, it remembers the outcome.

    Refused heads are parsed each time. Memory: less than 2 MiB a process.
    """

    known: dict[tuple[str, bytes], dict] = {}

    def parse(self, unreader):
        data = unreader.read()
        end = data.find(END_OF_HEAD) + len(END_OF_HEAD)
        # A Unix socket tells no address.
        head = (self.peer_addr[0] if self.peer_addr else "", data[:end])
        found = self.known.get(head)
        if found is not None:
            vars(self).update(found, headers=list(found["headers"]))
            return data[end:]
        unreader.unread(data)
        rest = super().parse(unreader)
        # Only when the head that was parsed is the one that was cut out.
        if len(END_OF_HEAD) < end <= LARGEST_REMEMBERED and len(rest) == len(data) - end:
            self.remember(head)
        return rest

    def remember(self, head: tuple[str, bytes]) -> None:
        if len(self.known) >= MOST_REMEMBERED:
            self.known.clear()
        self.known[head] = {name: getattr(self, name) for name in PARSED} | {"headers": tuple(self.headers)}
