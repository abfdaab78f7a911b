"""What the cases share: one creneaud, one nginx before it, and what must not be found in any log afterwards."""

import itertools
import time

import agendas
import proxy
from api_case import ApiCase
from creneau import read_replies

_next_client = itertools.count(1)


def address():
    """Somebody's, who has not been here before."""
    number = next(_next_client)
    return f"198.18.{number // 250}.{1 + number % 250}"


def raw(path, data, count):
    """So many replies to what is sent in one go."""
    with proxy.connect(path) as made:
        made.sendall(data)
        return read_replies(made, count)


def eventually(wanted, patience_s=10):
    """Whether this becomes true: creneaud counts a request beside sending its answer."""
    until = time.monotonic() + patience_s
    while not wanted() and time.monotonic() < until:
        time.sleep(0.02)
    return wanted()


class FrontCase(ApiCase):
    front = None  # set by the program, as the daemon
    secrets = []

    def setUp(self):
        self.client = self.front.client()
        self.addCleanup(self.client.close)

    def ask(self, method, path, body=None, **headers):
        headers.setdefault("X_Forwarded_For", address())
        self.secrets.append(headers["X_Forwarded_For"])
        return self.client.request(method, path, body, **headers)

    def held(self, agenda="siege", **headers):
        """A seat, held through nginx."""
        who = agendas.applicant()
        made = self.must(self.ask("POST", f"/v1/agendas/{agenda}/holds", {"applicant": who}, **headers), 201)
        self.secrets += [who["dossier"], made["reservation"], made["key"]]
        return made

    def of(self, made, method="GET", verb="", **headers):
        """A request of the reservation's holder."""
        path = f"/v1/reservations/{made['reservation']}" + (f"/{verb}" if verb else "")
        return self.ask(method, path, Creneau_Key=made["key"], **headers)
