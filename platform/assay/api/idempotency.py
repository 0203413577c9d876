"""A write under an `Idempotency-Key` happens once: whoever repeats it gets the answer that was given before.

Effect and answer are kept in one transaction. Of two that come at once, the later waits for the earlier and gets its
answer; what failed is undone with its key and may be tried again.
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from assay.accounts.sealing import seal, unseal
from assay.api.authentication import token_of
from assay.api.models import ANSWERS_KEPT, StoredAnswer
from assay.api.problems import FieldProblem, problem

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEY = re.compile(r"[!-~]{1,255}\Z")
KEPT_HEADERS = ("Content-Type", "Location")
Run = Callable[..., HttpResponse]


class Undo(Exception):  # noqa: N818  it carries a refusal out of a transaction
    """The write was refused: its key goes with it."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def once(run: Run) -> Run:
    """Around every operation; those that only read, and those without a key, pass."""

    @wraps(run)
    def operation(request: HttpRequest, **values: Any) -> HttpResponse:
        key, token = request.headers.get(HEADER), token_of(request)
        if request.method in {"GET", "HEAD"} or key is None or token is None:
            return run(request, **values)
        if not KEY.match(key):
            told = "is 1 to 255 printable ASCII characters without blanks, such as a UUID"
            return problem(400, f"{HEADER} {told}", [FieldProblem(field=HEADER, message=told)])
        try:
            return _answer(request, run, values, StoredAnswer(token=token, key=key))
        except Undo as undo:
            return undo.response

    return operation


@transaction.atomic
def _answer(request: HttpRequest, run: Run, values: dict[str, Any], asked: StoredAnswer) -> HttpResponse:
    StoredAnswer.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()
    asked.fingerprint = fingerprint_of(request)
    stored, is_new = StoredAnswer.objects.get_or_create(
        token=asked.token, key=asked.key, defaults={"fingerprint": asked.fingerprint}
    )
    if not is_new:
        return _replay(stored, asked)
    response = run(request, **values)
    if response.status_code >= 400:
        raise Undo(response)
    stored.status = response.status_code
    stored.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    stored.body = seal(response.content)
    stored.save()
    return response


def _replay(stored: StoredAnswer, asked: StoredAnswer) -> HttpResponse:
    if stored.fingerprint != asked.fingerprint:
        told = "was used for another request: a new request needs a key of its own"
        return problem(422, f"{HEADER} {told}", [FieldProblem(field=HEADER, message=told)])
    body = unseal(bytes(stored.body))
    return HttpResponse(body, status=stored.status, headers={**stored.headers, REPLAYED: "true"})


def fingerprint_of(request: HttpRequest) -> str:
    """SHA-256 of method, address and what was sent; of a form, of its parts: their boundary is drawn anew each time."""
    parts = [request.method or "", request.get_full_path()]
    if request.content_type == "multipart/form-data":
        parts += [f"{name}={value}" for name, values in request.POST.lists() for value in values]
        for name, files in request.FILES.lists():
            parts += [f"{name}={file.name}={_digest_of(file)}" for file in files]
    else:
        parts.append(hashlib.sha256(request.body).hexdigest())
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _digest_of(file: Any) -> str:
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()
