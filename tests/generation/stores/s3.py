"""What of S3's protocol reading needs: list, head and get, for requests signed with the one key that is known."""

from xml.sax.saxutils import escape

from tests.generation.stores.serving import Asked, Said, Store, content, etag

KEY, SECRET = "AKLANTERN", "a-secret-of-a-test"


def s3(store: Store, asked: Asked) -> Said:
    signed = asked.headers.get("authorization", "")
    if not signed.startswith(f"AWS4-HMAC-SHA256 Credential={KEY}/"):
        return refused(403, "InvalidAccessKeyId")
    bucket, _, key = asked.path.lstrip("/").partition("/")
    if not key:
        return listing(store, bucket, asked.query)
    found = content(store.files.get(f"{bucket}/{key}"), asked, {})
    return refused(404, "NoSuchKey") if found.status == 404 else found


def listing(store: Store, bucket: str, query: dict[str, str]) -> Said:
    """In pages of two, so that a client that reads only the first is found out."""
    prefix, delimiter, after = (query.get(name, "") for name in ("prefix", "delimiter", "continuation-token"))
    keys = {path.removeprefix(f"{bucket}/"): data for path, data in store.below(f"{bucket}/{prefix}").items()}
    rows, folders = [], []
    for key, data in keys.items():
        below = key.removeprefix(prefix)
        if delimiter and delimiter in below:
            folders.append(prefix + below.partition(delimiter)[0] + delimiter)
        elif key > after:
            rows.append((key, data))
    page, more = rows[:2], len(rows) > 2
    contents = "".join(
        f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
        f"<ETag>&quot;{etag(data)}&quot;</ETag><Size>{len(data)}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for key, data in page
    )
    common = "".join(
        f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in sorted(set(folders))
    )
    next_one = f"<NextContinuationToken>{escape(page[-1][0])}</NextContinuationToken>" if more else ""
    body = (
        f"<ListBucketResult><Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(page)}</KeyCount>"
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{next_one}{contents}{common}</ListBucketResult>"
    )
    return Said(200, body.encode(), {"Content-Type": "application/xml"})


def refused(status: int, code: str) -> Said:
    return Said(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())
