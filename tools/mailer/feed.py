"""Events from the engine, one after the other, for ever: GET /v1/events with the position of the last one that is done."""

import contextlib
import http.client
import json
import socket
import urllib.parse

# The engine says something every fifteen seconds: when it does not, the connection is dead.
SILENCE_S = 45


class Refused(Exception):
    """The engine will not go on from this position: somebody must decide what becomes of what is missing."""


class Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("creneau", timeout=SILENCE_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """By its admin socket, or by its public listener with a key of role `site`."""

    def __init__(self, admin=None, url=None, bearer=None, agenda=None):
        self.admin, self.url, self.agenda = admin, urllib.parse.urlsplit(url or ""), agenda
        self.headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}

    def _get(self, path):
        if self.admin:
            connection = Unix(self.admin)
        else:
            kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
            connection = kind(self.url.hostname, self.url.port, timeout=SILENCE_S)
        try:
            connection.request("GET", path, headers=self.headers)
            return connection, connection.getresponse()
        except BaseException:
            connection.close()
            raise

    def show_agenda(self, name):
        """Its title, office and alternative; None where the engine will not show it. A refusal for now (503, 429) is a
        ConnectionError: the letter can wait."""
        connection, reply = self._get(f"/v1/agendas/{urllib.parse.quote(name)}")
        with contextlib.closing(connection), reply:
            document = json.loads(reply.read())
        if reply.status >= 500 or reply.status in (408, 429):
            raise ConnectionError(f"{reply.status} {document.get('code')}")
        return document if reply.status == 200 else None

    def events(self, after, once=False):
        """Yields what comes, until the connection ends; `after` None: from now on, which the first one says. Lines that are
        cut off come again. Connection errors are the caller's."""
        query = {"after": after, "agenda": self.agenda, "wait_s": 0 if once else None}
        said = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        connection, reply = self._get("/v1/events?" + said)
        with contextlib.closing(connection), reply:
            if reply.status != 200:
                problem = json.loads(reply.read())
                if reply.status in (410, 422, 401, 403, 404):
                    raise Refused(f"{problem['code']}: {problem['detail']} {problem.get('oldest', '')}".strip())
                raise ConnectionError(f"{reply.status} {problem.get('code')}")
            for line in reply:
                if line.endswith(b"\n"):
                    yield json.loads(line)
