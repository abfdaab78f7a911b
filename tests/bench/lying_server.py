"""A small server that speaks as much of the engine's API as creneau-bench asks, and lies on demand.

    honest          everything is as it says: the control
    still-held      confirms, and the read-back says held
    lost            confirms, and the read-back knows nothing
    twice           gives the same reservation to everybody
    moved           confirms in one slot, and the read-back says another
    overfull        one slot of one seat, confirmed for everybody
    seats-free      confirms, and the slot's seats stay free
    wrong-state     answers a confirm with 200 and "held"
    not-whole       a hold without a key
    closes          honest, and closes the connection after every reply, saying so
    hangs-up        honest, and cuts every tenth confirm off
    dies            honest, and after sixty requests answers nothing and takes no connection any more
    not-found       404 to everything: the wrong address
    no-confirm      404 to every confirm
    refuses         503 overloaded to every second hold
    fixed           one and the same 201 to everything, as the floors do
"""

import json
import re
import socketserver
import threading
import time

SLOT = "2031-12-01T09:00"
OTHER = "2031-12-01T09:20"
CAPACITY = 64


class Lying:
    """With Lying("twice") as server: server.address, server.requests (heads and bodies as they came)."""

    def __init__(self, lie):
        self.lie = lie
        self.requests = []
        self.held = {}  # name: [slot, state]
        self.lock = threading.Lock()
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                outer.serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 256

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = "127.0.0.1:%d" % self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def serve(self, connection):
        data = b""
        while True:
            more = connection.recv(65536)
            if not more:
                return
            data += more
            while b"\r\n\r\n" in data:
                head, rest = data.split(b"\r\n\r\n", 1)
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                size = int(length.group(1)) if length else 0
                if len(rest) < size:
                    break
                body, data = rest[:size], rest[size:]
                with self.lock:
                    self.requests.append((head.decode(), body.decode()))
                    reply = self.answer(head.decode().split("\r\n")[0], len(self.requests))
                if reply is None:
                    return
                status, members = reply
                text = json.dumps(members).encode()
                close = "Connection: close\r\n" if self.lie == "closes" else ""
                connection.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n{close}\r\n".encode() + text)
                if close:
                    return

    def answer(self, line, number):
        method, path, _ = line.split(" ")
        if self.lie == "dies" and number > 60:
            self.server.shutdown()
            self.server.server_close()
            return None
        if self.lie == "not-found" or (self.lie == "no-confirm" and path.endswith("/confirm")):
            return 404, {"code": "not-found"}
        if self.lie == "fixed":
            return 201, self.told("FIXED", SLOT, "held", key="k" * 22)
        if path.endswith("/holds"):
            return self.hold(number)
        if "/slots" in path:
            return 200, self.slots()
        name = path.split("/")[3]
        if name not in self.held:
            return 404, {"code": "unknown-reservation"}
        one = self.held[name]
        if path.endswith("/confirm"):
            if self.lie == "hangs-up" and number % 10 == 0:
                return None
            one[1] = "confirmed"
            return 200, self.told(name, one[0], "held" if self.lie == "wrong-state" else "confirmed")
        if method == "DELETE":
            one[1] = "cancelled"
            return 200, self.told(name, one[0], "cancelled")
        return self.show(name, one)

    def hold(self, number):
        if self.lie == "refuses" and number % 2 == 0:
            return 503, {"code": "overloaded"}
        index = len(self.held)
        name = "SAME" if self.lie == "twice" else f"R{index}"
        slot = SLOT if self.lie in ("overfull", "seats-free", "twice") else self.slot(index // CAPACITY)
        self.held[name] = [slot, "held"]
        return 201, self.told(name, slot, "held", key="" if self.lie == "not-whole" else "k" * 22)

    def show(self, name, one):
        if self.lie == "lost":
            return 404, {"code": "unknown-reservation"}
        state = "held" if self.lie == "still-held" and one[1] == "confirmed" else one[1]
        return 200, self.told(name, OTHER if self.lie == "moved" else one[0], state)

    def slots(self):
        taken = {}
        for slot, state in self.held.values():
            taken[slot] = taken.get(slot, 0) + (state != "cancelled")
        one = {"overfull": lambda slot: {"free": 0, "capacity": 1},
               "seats-free": lambda slot: {"free": CAPACITY, "capacity": CAPACITY},
               "twice": lambda slot: {"free": 0, "capacity": CAPACITY}}.get(
                   self.lie, lambda slot: {"free": CAPACITY - taken[slot], "capacity": CAPACITY})
        return {"agenda": "bench-0", "slots": [{"slot": slot, **one(slot)} for slot in sorted(taken)]}

    @staticmethod
    def slot(index):
        return time.strftime("2031-12-%dT%H:%M", time.gmtime(86400 * (index // 72) + 20 * 60 * (index % 72)))

    @staticmethod
    def told(name, slot, state, **more):
        return {"reservation": name, "state": state, "agenda": "bench-0", "slot": slot, **more}
