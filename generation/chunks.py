"""The ledger at work: a chunk is claimed under a lease, its responses are stored under its fence, and it ends.

Work may be done twice, its effect happens once: whoever holds the newest fence may store, all others may not.
"""

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from generation.backends.base import PromptSample, Reply
from generation.leasing import LeaseLost, kept, wait_s
from generation.models import Chunk, GenerationRun, Response, RunResponse
from generation.storing import key_of, new_response
from generation.timing import timed
from promptsets.audit import audited

FIRST_WAIT_S, LONGEST_WAIT_S, LONGEST_ASKED_S = 1, 300, 24 * 3600


def this_process() -> str:
    """What a ledger calls its owner here: the machine and the process, for people who look."""
    return f"{socket.gethostname()}:{os.getpid()}"


@timed("chunk")
def claim(owner: str) -> "Claim | None":
    """The most urgent chunk that is due, now held by `owner`; None if there is none.

    Of runs of one priority the oldest goes first.

    A chunk whose last allowed attempt ended without a word, as when it kills its worker, is set aside as dead.
    """
    while candidates := _due():
        for chunk in candidates:
            if chunk.attempts >= settings.CHUNK_ATTEMPTS:
                _bury(chunk, f"tried {chunk.attempts} times; {chunk.owner or 'its last worker'} fell silent")
            elif held := _take(chunk, owner):
                return held
    return None


def claim_beside(held: "Claim") -> "Claim | None":
    """The next chunk of the same run that was never tried, now held by the same owner.

    None if there is none, or if another run is more urgent.
    """
    if Chunk.objects.due().filter(run__priority__gt=held.run.priority).exists():
        return None
    for chunk in Chunk.objects.due().filter(run=held.run, attempts=0).order_by("number")[:10]:
        if beside := _take(chunk, held.chunk.owner):
            return beside
    return None


@dataclass(frozen=True)
class Claim:
    """A chunk that one worker holds. Each method but `asked` raises LeaseLost once another has taken it over."""

    chunk: Chunk
    fence: int

    @property
    def run(self) -> GenerationRun:
        return self.chunk.run

    @property
    def is_first_attempt(self) -> bool:
        return self.chunk.attempts == 1

    def asked(self) -> dict[PromptSample, list[RunResponse]]:
        """What is still to be answered, and the places that wait for it: several where prompts have one text."""
        waiting: dict[PromptSample, list[RunResponse]] = {}
        places = RunResponse.objects.filter(pk__in=self.chunk.item_ids, response=None)
        for place in places.select_related("prompt").order_by("pk"):
            sample = PromptSample(place.prompt.text_sha256, place.sample, tuple(place.prompt.turns))
            waiting.setdefault(sample, []).append(place)
        return waiting

    def heartbeat(self) -> None:
        """Keeps the chunk for another lease."""
        Chunk.objects.keep(self.chunk, self.fence)

    @transaction.atomic
    def link_known(self) -> int:
        """Fills the places whose responses other runs or workers have made by now; how many."""
        self.heartbeat()
        waiting = self.asked()
        known = Response.objects.filter(
            **self.run.response_key, prompt_sha256__in=[sample.prompt_sha256 for sample in waiting]
        )
        by_key = {(response.prompt_sha256, response.sample): response for response in known}
        pairs = [
            (by_key.get((sample.prompt_sha256, sample.sample)), places) for sample, places in waiting.items()
        ]
        return sum(fill(places, response) for response, places in pairs if response)

    @transaction.atomic
    def store(self, sample: PromptSample, places: Iterable[RunResponse], reply: Reply) -> Response:
        """Stores the reply and fills its places, both or neither.

        Where another worker has stored the same key first, its response is the one, and fills these places too.
        """
        self.heartbeat()  # takes the row's lock, so that the fence cannot move before this transaction ends
        provenance = {"chunk": self.chunk.pk, "attempt": self.chunk.attempts, "seed": reply.seed}
        made = new_response(self.run, sample, reply, provenance)
        response, _ = Response.objects.get_or_create(**key_of(made), defaults=_other_fields(made))
        fill(places, response)
        return response

    @transaction.atomic
    def finish(self) -> None:
        """Ends the chunk. Raises: ValueError if one of its places is still empty."""
        self._end(Chunk.Status.DONE, error="", finished_at=timezone.now())
        if empty := len(self.asked()):
            raise ValueError(f"{empty} prompts got no reply")

    def fail(self, error: str, at_least_s: float = 0) -> None:
        """Puts the chunk back, to be tried after a wait that doubles each time, or sets it aside as dead.

        at_least_s: a longer wait that the source asked for.
        """
        told = kept(error)
        if self.chunk.attempts >= settings.CHUNK_ATTEMPTS:
            self._end(Chunk.Status.DEAD, error=told, finished_at=timezone.now())
        else:
            ours_s = wait_s(self.chunk.attempts, FIRST_WAIT_S, LONGEST_WAIT_S)
            not_before = timezone.now() + timedelta(seconds=max(ours_s, min(at_least_s, LONGEST_ASKED_S)))
            self._end(Chunk.Status.QUEUED, error=told, not_before=not_before)

    def release(self) -> None:
        """Puts the chunk back at once, as if it had not been tried: for a worker that was told to stop."""
        self._end(Chunk.Status.QUEUED, attempts=self.chunk.attempts - 1, not_before=timezone.now())

    def _end(self, status: Chunk.Status, **fields: Any) -> None:
        self._update(status=status, lease_until=None, **fields)

    def _update(self, **fields: Any) -> None:
        if not Chunk.objects.held_under(self.chunk, self.fence).update(**fields):
            raise LeaseLost(f"{self.chunk}: another worker has taken it over, or it has ended")


def fill(places: Iterable[RunResponse], response: Response) -> int:
    """Puts the response into those of the places that are empty; how many."""
    ids = [place.pk for place in places]
    return RunResponse.objects.filter(pk__in=ids, response=None).update(response=response)


def try_again(chunks: Iterable[Chunk], actor: AbstractBaseUser | None = None) -> int:
    """Puts dead chunks back with all their attempts; how many. Others are left as they are."""
    again = 0
    for chunk in chunks:
        with transaction.atomic():
            fresh = {
                "status": Chunk.Status.QUEUED,
                "attempts": 0,
                "not_before": timezone.now(),
                "finished_at": None,
            }
            if Chunk.objects.filter(pk=chunk.pk, status=Chunk.Status.DEAD).update(**fresh):
                again += 1
                detail = {"attempts": chunk.attempts, "error": chunk.error}
                audited.send(Chunk, actor=actor, action="chunk.retried", target=chunk, detail=detail)
    return again


def _due() -> list[Chunk]:
    return list(Chunk.objects.due().order_by("-run__priority", "run_id", "number")[:10])


def _take(chunk: Chunk, owner: str) -> Claim | None:
    fence = Chunk.objects.take(chunk, owner=owner[: Chunk._meta.get_field("owner").max_length])
    fresh = Chunk.objects.select_related("run__checkpoint")
    return None if fence is None else Claim(fresh.get(pk=chunk.pk), fence)


def _bury(chunk: Chunk, error: str) -> None:
    dead = {"status": Chunk.Status.DEAD, "lease_until": None, "finished_at": timezone.now()}
    told = f"{error} (before that: {chunk.error})" if chunk.error else error
    Chunk.objects.due().filter(pk=chunk.pk, fence=chunk.fence).update(**dead, error=kept(told))


def _other_fields(response: Response) -> dict[str, Any]:
    left_out = {*key_of(response), "id", "created_at"}
    names = [field.attname for field in Response._meta.concrete_fields if field.attname not in left_out]
    return {name: getattr(response, name) for name in names}
