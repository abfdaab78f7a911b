"""Debian's nginx with the very files of tools/nginx, site.conf included: only places of this machine are other ones."""

import collections
import os
import re
import subprocess
import time
from pathlib import Path

import proxy
from creneau import Client, UnixConnection

SHIPPED = Path(__file__).resolve().parent.parent.parent / "tools" / "nginx"

MAIN = """
{user}
daemon off;
worker_processes 1;
pid {home}/nginx.pid;
error_log {home}/main.log warn;
events {{ worker_connections 1024; }}
http {{
  client_body_temp_path {home}/tmp-body;
  proxy_temp_path {home}/tmp-proxy;
  fastcgi_temp_path {home}/tmp-fastcgi;
  uwsgi_temp_path {home}/tmp-uwsgi;
  scgi_temp_path {home}/tmp-scgi;
  # A client that half-closes behind a body that is refused unread waits for this long, 5 s if nothing is said.
  lingering_timeout 100ms;
  include site.conf;
}}
"""

LINE = re.compile(r"^\S+T\S+ (?P<method>[A-Z]+|-) (?P<route>[/\w{}]+) (?P<status>\d{3}) \d+ [\d.]+s engine=(?P<engine>-|\d{3}(?:, \d{3})*),"
                  r"[-\d., ]+s cache=(?P<cache>\S+) rate=(?P<rate>\S+)$")


def replace(text, *pairs):
    """Each must be there: a file that has changed is noticed."""
    for old, new in pairs:
        assert old in text, f"{old!r} is not in the shipped file"
        text = text.replace(old, new)
    return text


class Front:
    """In front of two listeners. Clients come by Unix sockets: `plain` (HTTP/1.1), `two` (HTTP/2), `tls` (both), and say
    in X-Forwarded-For who they want to be, since here.conf's lines for a proxy before this one are in force."""

    TRUSTED = "192.0.2.10"  # the website's own server, as the comment in here.conf has it

    def __init__(self, home, public, confirm):
        self.home = home
        self.plain, self.two, self.tls, self.logs = home / "plain", home / "two", home / "tls", home / "log"
        (home / "creneau").mkdir(parents=True)
        (home / "pages").mkdir()
        self.logs.mkdir()
        self.write("creneau/creneau.conf", "creneau.conf")
        self.write("creneau/routes.conf", "routes.conf", ("/var/log/nginx", str(self.logs)))
        # A client without any address is what a smuggler's socket is here; its rate is not what that test is about.
        self.write("creneau/here.conf", "here.conf", ("127.0.0.1:8080", public), ("127.0.0.1:8081", confirm),
                   ("/run/nginx-creneau", str(home / "cache")), ("# 192.0.2.10  1;", f"{self.TRUSTED} 1; 255.255.255.255 1;"),
                   ("# set_real_ip_from   192.0.2.0/28;", "set_real_ip_from unix:;"), ("# real_ip", "real_ip"))
        self.write("site.conf", "site.conf", ("/var/log/nginx", str(self.logs)), ("/etc/ssl/rendez-vous", str(home)),
                   ("/var/www/rendez-vous", str(home / "pages")), ("listen 80;", f"listen unix:{home}/redirect;"), ("listen [::]:80;", ""),
                   ("listen 443 ssl http2 backlog=4096;", f"listen unix:{self.plain}; listen unix:{self.two} http2;"),
                   ("listen [::]:443 ssl http2 backlog=4096;", f"listen unix:{self.tls} ssl http2 backlog=4096;"))
        user = "user root;" if os.geteuid() == 0 else ""
        (home / "nginx.conf").write_text(MAIN.format(home=home, user=user))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=rendez-vous.example.org", "-keyout", home / "key.pem", "-out", home / "fullchain.pem"],
                       check=True, capture_output=True)
        self.process = None

    def write(self, name, shipped, *pairs):
        (self.home / name).write_text(replace((SHIPPED / shipped).read_text(), *pairs))

    def __enter__(self):
        log = self.home / "main.log"
        self.process = subprocess.Popen([proxy.program(), "-p", self.home, "-c", self.home / "nginx.conf", "-e", log],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while not (self.home / "nginx.pid").exists():  # written once it listens
            assert self.process.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.02)
        self.untouched = self.temporary()
        return self

    def temporary(self):
        """Changes with every file that nginx makes for a body or a reply."""
        return [(self.home / name).stat().st_mtime_ns for name in ("tmp-body", "tmp-proxy")]

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Its logs are whole then."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)

    def client(self, timeout=60):
        return Client(UnixConnection(str(self.plain), timeout))

    def lines(self):
        """What the access log says, once nginx has been stopped. Everything that is written must be of this form."""
        lines = []
        for line in (self.logs / "creneau.access.log").read_text().splitlines():
            match = LINE.match(line)
            assert match, f"not as the format says: {line!r}"
            lines.append(match)
        return lines


def answered(daemon):
    """What creneaud has answered on the public listener, by status."""
    return tally(daemon, lambda labels: labels["status"])


def asked(daemon, route):
    """How often it was asked for this."""
    return tally(daemon, lambda labels: labels["route"])[route]


def tally(daemon, by):
    counts = collections.Counter()
    for labels, value in metric(daemon, "creneau_http_requests_total"):
        if labels["route"].startswith("/v1/") or labels["route"] == "none":
            counts[by(labels)] += value
    return counts


def connections(daemon):
    """How many creneaud has open on its public listener now."""
    return next(value for labels, value in metric(daemon, "creneau_connections") if labels["listener"] == "public")


def metric(daemon, name):
    with daemon.probe() as probe:
        text = probe.request("GET", "/metrics").body.decode()
    return [(dict(re.findall(r'(\w+)="([^"]*)"', labels)), int(float(value)))
            for labels, value in re.findall(rf"^{name}\{{(.*)\}} (\S+)$", text, re.MULTILINE)]


def sockets(port):
    """Connections to this port of ours that the kernel knows, those that are already closed (TIME_WAIT) included: the other
    ends, and how many octets each of ours has not read."""
    found = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, state, queues = line.split()[:5]
        if int(here.split(":")[1], 16) == port and state != "0A":
            found[there] = int(queues.split(":")[1], 16)
        elif int(there.split(":")[1], 16) == port:
            found.setdefault(here, 0)
    return found
