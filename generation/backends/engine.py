"""The JAX engine as a backend: one checkpoint at a time in the memory of a process."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.conf import settings

from generation.backends.base import More, PromptSample, Reply
from generation.fetching import local_folder
from generation.models import Checkpoint
from generation.sampling import Sampling

if TYPE_CHECKING:
    from jax.sharding import Mesh

    from generation.engine import Engine
    from generation.engine.conversations import ConversationReplies

_loaded: dict[tuple[str, str, int, str], "Engine"] = {}


class EngineBackend:
    """Answers with the weights in the checkpoint's folder, if they are still the ones that were registered."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint

    def check(self, sampling: Sampling) -> None:
        """It draws in every way that there is."""

    def replies(
        self, asked: Sequence[PromptSample], sampling: Sampling, seed: int, more: More
    ) -> Iterator[Reply]:
        """Seeds each conversation with SHA-256 over the run's seed and the sample's id, as the engine derives it."""
        from generation.engine import SamplingParams
        from generation.engine.conversations import Conversation, generate_conversations

        params = SamplingParams(sampling.temperature, sampling.top_k, sampling.top_p, seed)

        def conversations(samples: Sequence[PromptSample]) -> list[Conversation]:
            return [Conversation(sample.id, sample.turns) for sample in samples]

        for replies in generate_conversations(
            engine_of(self.checkpoint),
            conversations(asked),
            params,
            sampling.max_new_tokens,
            more=lambda: conversations(more()),
        ):
            yield reply_from(replies)


def engine_of(checkpoint: Checkpoint) -> "Engine":
    """The engine with this checkpoint's weights, loaded once; the one loaded before makes room.

    Raises: ValueError (CheckpointError) if the folder cannot be read, lies outside CHECKPOINT_ROOTS, or holds other
        files than were registered, or if ENGINE_MESH asks for more devices than this worker sees.
    """
    from generation.engine import CheckpointError, Engine, load_checkpoint
    from generation.engine.compile_cache import use_compile_cache

    dtype = checkpoint.description.get("dtype", "float32")
    key = (checkpoint.digest, dtype, settings.ENGINE_SLOTS, settings.ENGINE_MESH)
    if key not in _loaded:
        _loaded.clear()
        use_compile_cache(settings.ENGINE_CACHE)
        loaded = load_checkpoint(local_folder(checkpoint.uri), dtype=dtype, mesh=mesh_of_worker())
        if loaded.digest != checkpoint.digest:
            raise CheckpointError(
                f"{checkpoint.uri}: its files have changed since {checkpoint} was registered (digest "
                f"{loaded.digest[:12]}…, registered {checkpoint.digest[:12]}…); register them under another name"
            )
        _loaded[key] = Engine(loaded, slots=settings.ENGINE_SLOTS)
    return _loaded[key]


def mesh_of_worker() -> "Mesh | None":
    """The devices that ENGINE_MESH asks for; None where it is not set. Raises: ValueError if they are not here."""
    from generation.engine.sharding import mesh_told

    try:
        return mesh_told(settings.ENGINE_MESH) if settings.ENGINE_MESH else None
    except ValueError as error:
        raise ValueError(f"ENGINE_MESH: {error}") from error


def reply_from(replies: "ConversationReplies") -> Reply:
    texts, close_calls = replies.replies, sum(text.close_calls for text in replies.replies)
    return Reply(
        id=replies.id,
        turns=tuple(text.text or "" for text in texts),
        token_ids=tuple(text.token_ids for text in texts),
        finish_reason="length" if any(text.finish_reason == "length" for text in texts) else "stop",
        n_prompt_tokens=sum(text.prompt_tokens for text in texts),
        n_output_tokens=sum(len(text.token_ids) for text in texts),
        seed=replies.seed,
        detail={"close_calls": close_calls} if close_calls else {},
    )
