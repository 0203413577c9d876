"""What of Google Cloud Storage's JSON protocol reading needs: list, describe and download."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tests.generation.stores.serving import Asked, Said, Store, content, etag

LIST, GET = "/storage/v1/b/", "/download/storage/v1/b/"


def gcs(store: Store, asked: Asked) -> Said:
    for start in (LIST, GET):
        if asked.path.startswith(start):
            bucket, _, rest = asked.path.removeprefix(start).partition("/o")
            return of_bucket(store, asked, bucket, rest.removeprefix("/"))
    return Said(404)


def of_bucket(store: Store, asked: Asked, bucket: str, name: str) -> Said:
    if not name:
        return listing(store, bucket, asked.query)
    data = store.files.get(f"{bucket}/{name}")
    if data is None:
        return Said(404, b'{"error": {"code": 404, "message": "No such object"}}')
    if asked.query.get("alt") == "media" or asked.path.startswith(GET):
        return content(data, asked, {"X-Goog-Hash": "crc32c=AAAAAA=="})
    return as_json(described(bucket, name, data))


def listing(store: Store, bucket: str, query: dict[str, str]) -> Said:
    """In pages of two, so that a client that reads only the first is found out."""
    prefix, delimiter, after = (query.get(name, "") for name in ("prefix", "delimiter", "pageToken"))
    names = {
        path.removeprefix(f"{bucket}/"): data for path, data in store.below(f"{bucket}/{prefix}").items()
    }
    folders = {
        prefix + name.removeprefix(prefix).partition(delimiter)[0] + delimiter
        for name in names
        if delimiter and delimiter in name.removeprefix(prefix)
    }
    rows = [
        (name, data)
        for name, data in names.items()
        if name > after and not (delimiter and delimiter in name.removeprefix(prefix))
    ]
    items = [described(bucket, name, data) for name, data in rows[:2]]
    found: dict[str, Any] = {"kind": "storage#objects", "items": items}
    found |= {"prefixes": sorted(folders)} if folders else {}
    return as_json(found | ({"nextPageToken": rows[1][0]} if len(rows) > 2 else {}))


def described(bucket: str, name: str, data: bytes) -> dict[str, str]:
    made = datetime(2026, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    return {
        "kind": "storage#object",
        "name": name,
        "bucket": bucket,
        "size": str(len(data)),
        "generation": str(int(etag(data)[:12], 16)),
        "etag": etag(data),
        "timeCreated": made,
        "updated": made,
        "mediaLink": f"{GET}{bucket}/o/{quote(name, safe='')}?alt=media",
    }


def as_json(value: object) -> Said:
    return Said(200, json.dumps(value).encode(), {"Content-Type": "application/json"})
