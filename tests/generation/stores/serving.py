"""A store of files behind a real server on loopback; how it speaks is said by `s3.py`, `gcs.py` and `hub.py`."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Said:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Store:
    """`files` by their paths. `shut`: every request is refused."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    shut: bool = False

    def put(self, folder: Path, to: str) -> None:
        """Copies a folder of this machine into the store."""
        for path in folder.rglob("*"):
            if path.is_file():
                self.files[f"{to}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()

    def below(self, prefix: str) -> dict[str, bytes]:
        return {path: data for path, data in sorted(self.files.items()) if path.startswith(prefix)}


Protocol = Callable[[Store, Asked], Said]


def etag(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def content(data: bytes | None, asked: Asked, headers: dict[str, str]) -> Said:
    """A file, or the part of it that was asked for; 404 where there is none, 416 for a part behind its end."""
    if data is None:
        return Said(404)
    told = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", "ETag": f'"{etag(data)}"'}
    told |= {"Last-Modified": formatdate(0, usegmt=True)} | headers
    wanted = asked.headers.get("range")
    if not wanted:
        return Said(200, data, told)
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    start, end = int(first), min(int(last), len(data) - 1) if last else len(data) - 1
    if start >= len(data):
        return Said(416, b"", {"Content-Range": f"bytes */{len(data)}"})
    return Said(206, data[start : end + 1], told | {"Content-Range": f"bytes {start}-{end}/{len(data)}"})


@contextmanager
def serving(protocol: Protocol) -> Iterator[tuple[Store, str]]:
    """The store, and the server's address."""
    store = Store()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            parts = urlsplit(self.path)
            query = {
                name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()
            }
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            asked = Asked(self.command, unquote(parts.path), query, headers, body)
            store.asked.append(asked)
            said = Said(403) if store.shut else protocol(store, asked)
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said.body)

        do_GET = do_HEAD = do_POST = answer  # noqa: N815  the library's names

        def log_message(self, *arguments: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield store, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
