"""tools/nginx/staff.conf: the staff's routes, where somebody has included it, and nowhere else."""

import proxy
from creneau import Client, UnixConnection
from front import Front
from front_case import FrontCase

KEY = "Bearer crk_7K3M9QXA_never-in-a-log"


class Staff(FrontCase):
    def test_the_key_goes_to_the_engine_and_into_no_log(self):
        home = self.front.home.parent / "staff"
        home.mkdir()
        public = proxy.Backend(home)
        front = Front(home / "front", "unix:" + public.path, "unix:" + public.path)
        front.write("creneau/staff.conf", "staff.conf", ("/var/log/nginx", str(front.logs)))
        with open(front.home / "site.conf", "a") as site:
            site.write(f"server {{ listen unix:{front.home}/staff; access_log off; include creneau/staff.conf; }}\n")
        listed = [("PUT", "/v1/agendas/a?dry_run=1", b"x" * 100_000), ("POST", "/v1/agendas/a/passes", b"{}"),
                  ("POST", "/v1/reservations/AB-C/corrections", b"{}"), ("GET", "/v1/events?after=12", b""),
                  ("DELETE", "/v1/acts/9f86d081884c7d65", b""), ("POST", "/v1/acts/9f86d081884c7d65/approve", b""),
                  ("GET", "/v1/peppers", b"")]
        sent = {"Authorization": KEY, "Cookie": "session=1", "X_Forwarded_Host": "evil", "If_Match": '"3"', "Last_Event_ID": "7"}
        with front:
            with Client(UnixConnection(str(front.home / "staff"), 60)) as staff:
                for method, path, body in listed:
                    self.assertEqual(staff.request(method, path, body, **sent).status, 200, path)
                for path in ("/metrics", "/v1/keys/x/y", "/readyz"):
                    self.assertEqual(staff.request("GET", path, **sent).status, 404, path)
            with front.client() as citizens:  # the same at the site itself
                for method, path, body in listed[1:]:
                    self.assertEqual(citizens.request(method, path, body, **sent).status, 404, path)
        self.assertEqual(public.requests, listed)
        for head in public.heads:
            lines = [line for line in head[1:] if not line.startswith(("Content-Length: ", "X-Forwarded-For: "))]
            self.assertEqual(sorted(lines), sorted(["Host: creneau", "Connection: close", f"Authorization: {KEY}", 'If-Match: "3"',
                                                    "Last-Event-ID: 7"]), head)
        written = b"".join(path.read_bytes() for path in (*front.logs.iterdir(), front.home / "main.log"))
        self.assertNotIn(b"7K3M9QXA", written)
        self.assertTrue(front.lines())
