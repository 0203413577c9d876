"""What of the Hugging Face hub's protocol reading needs: a repository, its tree, and its files by address."""

import json
import re

from tests.generation.stores.serving import Asked, Said, Store, content, etag

TOKEN = "hf_a_token_of_a_test"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
API = re.compile(
    r"/api/models/(?P<repo>[^/]+/[^/]+)(?:/(?P<part>revision|tree|paths-info)/main(?:/(?P<path>.*))?)?\Z"
)
FILE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/main/(?P<path>.+)\Z")


def hub(store: Store, asked: Asked) -> Said:
    if asked.headers.get("authorization") != f"Bearer {TOKEN}":
        return Said(401, b'{"error": "Invalid credentials"}')
    if file := FILE.match(asked.path):
        data = store.files.get(f"{file['repo']}/{file['path']}")
        told = {"X-Repo-Commit": COMMIT}
        return content(data, asked, told) if data is not None else missing("EntryNotFound")
    if found := API.match(asked.path):
        repo, part, path = found["repo"], found["part"], found["path"] or ""
        if not store.below(f"{repo}/"):
            return missing("RepoNotFound")
        if part == "tree":
            return tree(store, repo, path, asked)
        if part == "paths-info":
            paths = json.loads(asked.body)["paths"]
            return as_json([row for one in paths for row in rows_of(store, repo, one) if row["path"] == one])
        return as_json({"id": repo, "sha": COMMIT, "private": True, "tags": [], "siblings": []})
    return missing("EntryNotFound")


def tree(store: Store, repo: str, path: str, asked: Asked) -> Said:
    """In pages of two, so that a client that reads only the first is found out."""
    rows = rows_of(store, repo, path)
    if asked.query.get("recursive", "").lower() != "true":
        rows = [row for row in rows if "/" not in str(row["path"])[len(path) :].strip("/")]
    if not rows:
        return missing("EntryNotFound")
    start = int(asked.query.get("cursor", 0))
    said = as_json(rows[start : start + 2])
    if start + 2 >= len(rows):
        return said
    query = f"recursive={asked.query.get('recursive', 'False')}&cursor={start + 2}"
    link = f'<http://{asked.headers["host"]}{asked.path}?{query}>; rel="next"'
    return Said(200, said.body, said.headers | {"Link": link})


def rows_of(store: Store, repo: str, path: str) -> list[dict[str, object]]:
    """Files and folders below a path, or the file itself."""
    files = {name.removeprefix(f"{repo}/"): data for name, data in store.below(f"{repo}/{path}").items()}
    inside = {
        name: data for name, data in files.items() if not path or name == path or name.startswith(f"{path}/")
    }
    folders = {"/".join(name.split("/")[:n]) for name in inside for n in range(1, name.count("/") + 1)}
    below = sorted(one for one in folders if not path or one.startswith(f"{path}/"))
    rows: list[dict[str, object]] = [
        {"type": "directory", "oid": etag(b"d"), "size": 0, "path": one} for one in below
    ]
    return rows + [
        {"type": "file", "oid": etag(data) + "00000000", "size": len(data), "path": name}
        for name, data in inside.items()
    ]


def as_json(value: object) -> Said:
    return Said(200, json.dumps(value).encode(), {"Content-Type": "application/json"})


def missing(code: str) -> Said:
    return Said(404, b'{"error": "not found"}', {"X-Error-Code": code, "X-Error-Message": "not found"})
