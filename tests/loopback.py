"""A loopback web server whose answers a test writes, and an environment without the machine's own pip settings."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Reply = bytes | Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def bare_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pip as it comes, whatever this machine configures."""
    for name in list(os.environ):
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


@pytest.fixture
def replies() -> dict[str, Reply]:
    """What the server answers, by path; other paths are 404."""
    return {}


@pytest.fixture
def seen() -> list[str]:
    """The paths that the server was asked for, in order."""
    return []


@pytest.fixture
def address(replies: dict[str, Reply], seen: list[str]) -> Iterator[str]:
    """Address of the running server, without a slash at the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            reply = replies.get(self.path)
            if reply is None:
                self.send_error(404)
            elif isinstance(reply, bytes):
                self.send_response(200)
                self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/octet-stream")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)
            else:
                reply(self)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
