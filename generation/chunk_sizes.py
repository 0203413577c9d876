"""How many prompts a worker takes at a time: about CHUNK_SECONDS of its work, by what the family measured before."""

from django.conf import settings

from generation.endpoints import Endpoint
from generation.estimating import newest_of_family, pace_of_worker, tokens_a_turn
from generation.models import Checkpoint
from generation.sampling import Sampling

ROUNDS = 4
MOST_PROMPTS = 512  # of a chunk, however fast: what several workers share has to come in several


def prompts_of_chunk(checkpoint: Checkpoint, sampling: Sampling, turns: float) -> int:
    """Of prompts that have so many turns on average; CHUNK_PROMPTS where nothing was measured.

    Never so few that slots stay empty, however slow the family is. Only how work is parted hangs on it: no text does.
    """
    a_turn, pace = tokens_a_turn(newest_of_family(checkpoint)), pace_of_worker(checkpoint)
    if not settings.CHUNK_SECONDS or a_turn is None or pace is None:
        return int(settings.CHUNK_PROMPTS)
    seconds_each = turns * min(a_turn, sampling.max_new_tokens) / pace
    return max(least_prompts(checkpoint), min(MOST_PROMPTS, round(settings.CHUNK_SECONDS / seconds_each)))


def least_prompts(checkpoint: Checkpoint) -> int:
    """As many as the engine has slots, which the next chunk fills before they fall idle.

    An endpoint is asked for one chunk at a time, so that few requests are open at its end: there it is several rounds.
    """
    if checkpoint.source == Checkpoint.Source.ENDPOINT:
        return ROUNDS * Endpoint.of(checkpoint).concurrency
    return int(settings.ENGINE_SLOTS)
