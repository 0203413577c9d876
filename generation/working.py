"""What one worker does at a time: a chunk, and chunks of the same run taken up before the first runs out.

Whatever generates in slots would let them fall idle one after the other while a chunk ends; so it may ask for more.
Chunks that failed before are worked on alone, lest one that always fails take its neighbours with it.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack

from generation.backends import NotNow, PromptSample, Reply, backend_for
from generation.chunks import Claim, claim_beside
from generation.heartbeat import kept_alive
from generation.leasing import LeaseLost
from generation.liveness import beat
from generation.log_context import about
from generation.models import RunResponse
from generation.sampling import Sampling

logger = logging.getLogger(__name__)


def work_on(
    held: Claim, stop: Callable[[], bool] = lambda: False, on_progress: Callable[[], None] = lambda: None
) -> None:
    """Generates what the chunk still lacks, storing each response as soon as it is done, and ends the claim.

    So with every chunk that is taken up on the way. A failure is told in the ledger and the log, and the chunks under
    way are tried again later or set aside. `stop` is asked after each response; if it says so, they are put back with
    what they have got.
    """
    with about(run=held.run.pk, chunk=held.chunk.pk):
        _work_on(Work(on_progress), held, stop)


def _work_on(work: "Work", held: Claim, stop: Callable[[], bool]) -> None:
    try:
        work.generate(held, stop)
    except (KeyboardInterrupt, SystemExit):
        work.end(Claim.release)
        raise
    except LeaseLost as lost:
        logger.warning("%s", lost)
        work.end(Claim.release)
    except Exception as error:
        logger.exception("%s failed", held.chunk)
        told, wait_s = f"{type(error).__name__}: {error}", error.wait_s if isinstance(error, NotNow) else 0
        work.end(lambda claim: claim.fail(told, at_least_s=wait_s))
    else:
        work.end(Claim.release)


class Work:
    """The claims that a worker holds, all of one run, and which of their places wait for which reply."""

    def __init__(self, on_progress: Callable[[], None]) -> None:
        self._on_progress = on_progress
        self._beats: dict[Claim, ExitStack] = {}
        self._waiting: dict[str, dict[Claim, tuple[PromptSample, list[RunResponse]]]] = {}

    def generate(self, first: Claim, stop: Callable[[], bool]) -> None:
        """Until nothing waits any more, or `stop` says so: then claims are left that `end` has to end."""
        asked = self._take(first)
        self._finish_whole()
        if not asked:
            return
        backend, run = backend_for(first.run.checkpoint), first.run
        more = self._more if first.is_first_attempt else list
        for reply in backend.replies(asked, Sampling.from_json(run.sampling), run.seed, more):
            self._store(reply)
            if self._waiting and stop():
                return
        self._finish(list(self._beats))  # one that lacks a reply says so now

    def end(self, how: Callable[[Claim], None]) -> None:
        """Ends what is still held; a claim that another worker has by now is only told of."""
        for claim in list(self._beats):
            try:
                self._let_go(claim, how)
            except LeaseLost as lost:
                logger.warning("%s", lost)

    def _more(self) -> Sequence[PromptSample]:
        """Samples of further chunks of the run; none if none is due."""
        newest = next(reversed(self._beats), None)
        while newest and (further := claim_beside(newest)):
            asked = self._take(further)
            self._finish_whole()
            if asked:
                return asked
        return ()

    def _take(self, claim: Claim) -> list[PromptSample]:
        """Holds the chunk, fills what is known by now, and gives the samples that are not being generated yet."""
        self._beats[claim] = ExitStack()
        self._beats[claim].enter_context(kept_alive(claim.chunk, claim.fence))
        if claim.link_known():
            self._on_progress()
        asked = claim.asked()
        new = [sample for sample in asked if sample.id not in self._waiting]
        for sample, places in asked.items():
            self._waiting.setdefault(sample.id, {})[claim] = sample, places
        return new

    def _store(self, reply: Reply) -> None:
        for claim, (sample, places) in self._waiting.pop(reply.id).items():
            claim.store(sample, places, reply)
        self._finish_whole()
        beat()
        self._on_progress()

    def _finish_whole(self) -> None:
        unfinished = {claim for waiting in self._waiting.values() for claim in waiting}
        self._finish(claim for claim in list(self._beats) if claim not in unfinished)

    def _finish(self, claims: Iterable[Claim]) -> None:
        for claim in claims:
            self._let_go(claim, Claim.finish)

    def _let_go(self, claim: Claim, how: Callable[[Claim], None]) -> None:
        self._beats[claim].close()
        how(claim)
        del self._beats[claim]
