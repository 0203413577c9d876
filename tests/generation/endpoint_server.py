"""A real server of OpenAI's protocol on loopback, which answers as it is told and keeps what it was asked."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Said:
    """One HTTP response. wait: called before anything is sent.  drips: the body comes a byte at a time, for ever."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    wait: Callable[[], object] = lambda: None
    drips: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    path: str
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """What the user said last."""
        return self.body["prompt"] if "prompt" in self.body else self.body["messages"][-1]["content"]


def chat(text: str | None, finish_reason: Any = "stop", **message: Any) -> Said:
    choice = {"index": 0, "finish_reason": finish_reason, "message": {"content": text, **message}}
    usage = {"prompt_tokens": 7, "completion_tokens": 3}
    return Said(body={"model": "heron-large-0007", "choices": [choice], "usage": usage})


def completion(text: str) -> Said:
    return Said(body={"choices": [{"index": 0, "finish_reason": "length", "text": text}]})


def echo(asked: Asked) -> Said:
    return chat(f"You said: {asked.text}")


class EndpointServer:
    """Answers by `answer`, which may be replaced at any time; `asked` holds all requests so far, in their order."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answer: Callable[[Asked], Said] = echo
        self.asked: list[Asked] = []
        self.at_once = self.most_at_once = 0
        self._counting = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def texts(self) -> list[str]:
        return [asked.text for asked in self.asked]

    def script(self, *said: Said) -> None:
        """These one after the other, then the echo."""
        waiting = list(said)
        self.answer = lambda asked: waiting.pop(0) if waiting else echo(asked)

    @contextmanager
    def running(self) -> Iterator["EndpointServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def handle(self, asked: Asked) -> Said:
        with self._counting:
            self.asked.append(asked)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            said = self.answer(asked)
            said.wait()
            return said
        finally:
            with self._counting:
                self.at_once -= 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                said = server.handle(Asked(self.path, body, dict(self.headers)))
                try:
                    self.send_response(said.status)
                    for name, value in said.headers.items():
                        self.send_header(name, value)
                    length = 10**9 if said.drips else len(said.content)
                    self.send_header("Content-Length", str(length))
                    self.end_headers()
                    self.wfile.write(said.content)
                    while said.drips:
                        self.wfile.write(b" ")
                        time.sleep(0.005)
                except ConnectionError:
                    self.close_connection = True  # whoever asked has gone

            def log_message(self, *args: Any) -> None:
                """Nothing: tests look at `asked`."""

        return Handler
