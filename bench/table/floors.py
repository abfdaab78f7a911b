"""The servers that answer everything with one fixed reply: started, found out about, stopped."""

import argparse
import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import harness
import proc

NAMES = ("asio_floor", "epoll_floor", "nginx")
NGINX = """
daemon off;
master_process off;
worker_processes 1;
worker_rlimit_nofile {descriptors};
pid {home}/nginx.pid;
error_log {home}/nginx.log warn;
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path {home}/body;
  proxy_temp_path {home}/proxy;
  fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi;
  scgi_temp_path {home}/scgi;
  default_type application/json;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ return 200 '{body}'; }}
  }}
}}
"""


class Server:
    def __init__(self, name, process, address):
        self.name, self.process, self.address = name, process, address
        self.pid = process.pid


@contextlib.contextmanager
def nginx(build, where):
    program = proc.install("nginx", ["nginx"], ["nginx"])
    reply = proc.call([build / "bench" / "peers" / "asio_floor", "--reply"])  # in text mode, so with plain line ends
    port = proc.free_port()
    with proc.scratch(where) as home:
        configuration = home / "nginx.conf"
        configuration.write_text(NGINX.format(home=home, port=port, body=reply.split("\n\n", 1)[1], descriptors=20_000,
                                              connections=16_384))
        with proc.child([program, "-p", home, "-c", configuration, "-e", home / "nginx.log"], stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL) as process:
            until = time.monotonic() + 30
            while not (home / "nginx.pid").exists():
                if process.poll() is not None or time.monotonic() > until:
                    raise proc.Trouble(f"nginx did not start: {(home / 'nginx.log').read_text().strip()[-300:]}")
                time.sleep(0.02)
            yield Server("nginx", process, f"127.0.0.1:{port}")


@contextlib.contextmanager
def floor(name, build, where):
    """A running floor."""
    if name == "nginx":
        with nginx(build, where) as server:
            yield server
        return
    program = build / "bench" / "peers" / name
    if not program.exists():
        raise proc.Trouble(f"{program} is missing: ninja -C {build} {name}")
    with proc.child([program], stdout=subprocess.PIPE, bufsize=0) as process:
        yield Server(name, process, proc.ready_line(process, r"ready on (\S+)\n")[1])


def main(name, about):
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--pipeline", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--warmup", type=float, default=1)
    parser.add_argument("--dir", type=Path, default=proc.ROOT / "build", help="for what it must write down [build]")
    parser.add_argument("--build", type=Path, default=proc.ROOT / "build" / "release")
    arguments = parser.parse_args()
    proc.unwind_on_signals()
    try:
        with floor(name, arguments.build, arguments.dir) as server:
            if arguments.serve:
                print(f"{name} ready on {server.address} pid={server.pid}", flush=True)
                signal.pause()
            figures = harness.steady(arguments.build, arguments.dir, server.address, server.pid, connections=arguments.connections,
                                     pipeline=arguments.pipeline, seconds=arguments.seconds, warmup=arguments.warmup, unchecked=True)
            words = f"clients={arguments.connections} pipeline={arguments.pipeline}"
            for metric, unit in harness.UNITS.items():
                print(f"peer={name} metric={metric} value={getattr(figures, metric):.2f} unit={unit} {words}")
    except proc.Trouble as trouble:
        print(f"bench/peers/{name}: {trouble}", file=sys.stderr)
        return 7
    return 0
