"""Debian's Chromium without a window, driven over a pipe by its DevTools protocol: no driver, no port, no npm."""

import json
import os
import select
import shutil
import subprocess
import time


class Failed(Exception):
    """What a page threw, or that the browser gave no answer."""


class Chromium:
    def __init__(self, profile):
        program = shutil.which("chromium")
        if program is None:
            raise Failed("chromium is not there: tools/install installs it")
        self.requests = []  # addresses that pages asked for, but for their own file
        self.thrown = []
        self.next = 0
        self.answers = {}
        self.loaded = 0
        self.buffer = b""
        to_read, self.to = os.pipe()
        self.out, from_write = os.pipe()
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        # The browser reads commands from descriptor 3 and writes to 4.
        command = ["sh", "-c", f'exec "$0" "$@" 3<&{to_read} 4>&{from_write}', program, *flags]
        self.process = subprocess.Popen(command, pass_fds=(to_read, from_write), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.to)
        os.close(self.out)

    def read(self, deadline):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.out], [], [], max(0, deadline - time.monotonic()))
            some = os.read(self.out, 1 << 16) if ready else b""
            if not some:
                raise Failed("the browser gave no answer")
            self.buffer += some
        message, _, self.buffer = self.buffer.partition(b"\0")
        message = json.loads(message)
        if "id" in message:
            self.answers[message["id"]] = message
            return
        method, params = message["method"], message["params"]
        if method == "Network.requestWillBeSent" and not params["request"]["url"].startswith("file:"):
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.thrown.append(params["exceptionDetails"])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.thrown.append(params["entry"]["text"])
        elif method == "Page.loadEventFired":
            self.loaded += 1

    def call(self, method, **params):
        self.next += 1
        message = {"id": self.next, "method": method, "params": params}
        if self.session is not None:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        deadline = time.monotonic() + 60
        while self.next not in self.answers:
            self.read(deadline)
        answer = self.answers.pop(self.next)
        if "error" in answer:
            raise Failed(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, path, before=""):
        """Loads a file; `before` runs in the page before its own script."""
        added = self.call("Page.addScriptToEvaluateOnNewDocument", source=before)["identifier"]
        wanted = self.loaded + 1
        self.call("Page.navigate", url=path.resolve().as_uri())
        deadline = time.monotonic() + 60
        while self.loaded < wanted:
            self.read(deadline)
        self.call("Page.removeScriptToEvaluateOnNewDocument", identifier=added)

    def run(self, script):
        """What an expression in the page comes to; promises are waited for."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise Failed(json.dumps(result["exceptionDetails"]))
        return result["result"].get("value")
