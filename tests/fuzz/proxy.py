"""nginx as an ordinary process with a configuration of its own, and a backend that writes down what nginx made of a stream."""

import os
import shutil
import socket
import subprocess
import threading
import time

CONFIGURATION = """
daemon off;
master_process off;
worker_processes 1;
pid {home}/nginx.pid;
error_log {home}/nginx.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {home}/body;
  proxy_temp_path {home}/proxy;
  fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi;
  scgi_temp_path {home}/scgi;
  upstream behind {{ server {behind}; keepalive 1; }}
  server {{
    listen unix:{home}/front;
    location / {{
      proxy_pass http://behind;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      # Our clients say all they have and half-close, so that nobody waits: that is no abort.
      proxy_ignore_client_abort on;
      proxy_next_upstream off;
    }}
  }}
}}
"""


def program():
    """nginx, or None where it is not installed. Debian has it where only root's PATH leads."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


class Nginx:
    """In front of `behind`: "unix:/path" or "host:port". Clients come by the socket `front`."""

    def __init__(self, home, behind):
        home.mkdir()
        self.front = str(home / "front")
        self.log = home / "nginx.log"
        configuration = home / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(home=home, behind=behind))
        self.process = subprocess.Popen([program(), "-p", str(home), "-c", str(configuration), "-e", str(self.log)],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        until = time.monotonic() + 60
        while not os.path.exists(self.front):
            assert self.process.poll() is None and time.monotonic() < until, self.log.read_text()
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def connect(self):
        return connect(self.front)


def connect(path):
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(60)
    made.connect(str(path))
    return made


def converse(made, data):
    """All that the other side has to say to `data`, when nothing more will come."""
    answer = b""
    with made:
        try:
            made.sendall(data)
            made.shutdown(socket.SHUT_WR)
            while some := made.recv(65536):
                answer += some
        except (ConnectionResetError, BrokenPipeError):  # it has answered and gone, without reading the rest
            pass
    return answer


class Backend:
    """Takes what nginx sends, which is plain: a head, and a body of a Content-Length. Every request counts before its answer."""

    ANSWER = b"HTTP/1.1 200 OK\r\nX-Backend: yes\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"

    def __init__(self, home):
        self.path = str(home / "behind")
        self.requests = []  # (method, target, body)
        self.heads = []  # their lines
        self.strange = []
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        self.listener.listen(64)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            made, _ = self.listener.accept()
            made.settimeout(60)
            with made:
                self.take(made)

    def take(self, made):
        data = b""
        while b"\r\n\r\n" not in data:
            some = made.recv(65536)
            if not some:
                return
            data += some
        head, body = data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        fields = [line.split(": ", 1) for line in lines[1:]]
        lengths = [int(value) for name, value in fields if name.lower() == "content-length"]
        encodings = [value for name, value in fields if name.lower() == "transfer-encoding"]
        length = lengths[0] if lengths else 0
        while len(body) < length:
            some = made.recv(65536)
            if not some:
                return  # nginx gave up: the request was never whole
            body += some
        if len(lengths) > 1 or encodings or len(body) > length:
            self.strange.append(data)
        method, target, _ = lines[0].split(" ")
        self.requests.append((method, target, body))
        self.heads.append(lines)
        made.sendall(self.ANSWER)
