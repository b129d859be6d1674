"""Firefox for tests, by its own remote protocol (Marionette): a length, a colon, and JSON."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("firefox-esr", "firefox")
SETTINGS = {
    "marionette.port": 0,  # a free one, which it writes to its profile
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "devtools.console.stdout.content": True,
}
START_S = 90


def find_firefox() -> str | None:
    """The path of Firefox; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Firefox:
    """One window, headless. What pages write to the console is in `log`."""

    def __init__(self, connection: socket.socket, log: Path) -> None:
        self._file = connection.makefile("rwb")
        self._count = 0
        self.log = log
        self._read()  # its greeting
        self.ask("WebDriver:NewSession", {"capabilities": {}})

    def ask(self, name: str, arguments: dict[str, Any]) -> Any:
        """Send a command; return its answer. Raises RuntimeError where Firefox says that it failed."""
        self._count += 1
        content = json.dumps([0, self._count, name, arguments]).encode()
        self._file.write(str(len(content)).encode() + b":" + content)
        self._file.flush()
        _, _, error, answer = self._read()
        if error:
            raise RuntimeError(f"{name}: {error}")
        return answer

    def _read(self) -> Any:
        length = b""
        while (byte := self._file.read(1)) != b":":
            assert byte, "Firefox has gone"
            length += byte
        return json.loads(self._file.read(int(length)))

    def go(self, address: str) -> None:
        self.ask("WebDriver:Navigate", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page; return what it returns."""
        return self.ask("WebDriver:ExecuteScript", {"script": script, "args": list(arguments)})["value"]

    def until(self, script: str, *arguments: Any) -> None:
        """Wait until an expression holds."""
        end = time.monotonic() + 60
        while not self.run(f"return Boolean({script})", *arguments):
            assert time.monotonic() < end, script
            time.sleep(0.05)

    def press(self, key: str) -> None:
        """Press a key."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.ask("WebDriver:PerformActions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Firefox]:
    """Start Firefox with a profile in a folder."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in SETTINGS.items()]
    (folder / "user.js").write_text("\n".join(lines))
    command = [str(find_firefox()), "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            end = time.monotonic() + START_S
            while not (folder / "MarionetteActivePort").exists():
                assert time.monotonic() < end, "Firefox does not start"
                time.sleep(0.1)
            port = int((folder / "MarionetteActivePort").read_text())
            with socket.create_connection(("127.0.0.1", port), timeout=90) as connection:
                yield Firefox(connection, folder / "log")
        finally:
            process.terminate()
