"""Conversations: user turns in, replies out, each reply generated with all that was said before it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from generation.engine import chat
from generation.engine.engine import Engine
from generation.engine.requests import GeneratedText, GenerationRequest, check_requests
from generation.engine.sampling import SamplingParams, derived_seed
from generation.engine.tokenizer import Tokenizer


@dataclass(frozen=True)
class Conversation:
    """A prompt of one or more user turns.

    id: names the result, and its seed derives from it: give an id that says which text and which sample of it
    this is, and the same text is drawn the same way in any batch.
    """

    id: str
    user_turns: Sequence[str]


@dataclass(frozen=True)
class ConversationReplies:
    """One reply per user turn, in order; `seed` is the one the replies were drawn with."""

    id: str
    replies: tuple[GeneratedText, ...]
    seed: int


def generate_conversations(
    engine: Engine,
    conversations: Iterable[Conversation],
    sampling: SamplingParams,
    max_new_tokens: int,
) -> Iterator[ConversationReplies]:
    """Yields each conversation as soon as its last reply is done.

    All first turns are generated together, then all second turns, and so on; max_new_tokens holds for each reply.
    A reply cut at that length stands in the conversation as it is. Each conversation is drawn with
    `derived_seed(sampling.seed, id)`.
    Raises: ValueError, before anything is generated, if the checkpoint cannot chat, an id stands twice, a
        conversation has no turn or max_new_tokens is not positive.
    """
    tokenizer = engine.checkpoint.tokenizer
    if tokenizer is None:
        raise ValueError(f"{engine.checkpoint.path}: has no tokenizer.model: it takes token ids only")
    open_ones = [_begin(tokenizer, conversation, sampling, max_new_tokens) for conversation in conversations]
    check_requests([talk.request() for talk in open_ones], engine.checkpoint.network.vocab_size, can_decode=True)
    return _turn_after_turn(engine, tokenizer, open_ones)


@dataclass
class _Talk:
    """A conversation under way; `context` is all of it so far, as the next reply's prompt."""

    conversation: Conversation
    context: list[int]
    sampling: SamplingParams
    max_new_tokens: int
    replies: list[GeneratedText] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return len(self.replies) == len(self.conversation.user_turns)

    def request(self) -> GenerationRequest:
        return GenerationRequest(self.conversation.id, self.context, self.max_new_tokens, self.sampling)

    def add(self, reply: GeneratedText, tokenizer: Tokenizer) -> None:
        self.replies.append(reply)
        if not self.is_done:
            turn = chat.next_turn(tokenizer, self.conversation.user_turns[len(self.replies)])
            self.context = [*self.context, *reply.token_ids, *turn]


def _begin(
    tokenizer: Tokenizer, conversation: Conversation, sampling: SamplingParams, max_new_tokens: int
) -> _Talk:
    if not conversation.user_turns:
        raise ValueError(f"conversation {conversation.id!r}: has no user turn")
    seeded = replace(sampling, seed=derived_seed(sampling.seed, conversation.id))
    opening = chat.first_turn(tokenizer, conversation.user_turns[0])
    return _Talk(conversation, opening, seeded, max_new_tokens)


def _turn_after_turn(
    engine: Engine, tokenizer: Tokenizer, talks: Sequence[_Talk]
) -> Iterator[ConversationReplies]:
    by_id = {talk.conversation.id: talk for talk in talks}
    while by_id:
        for reply in engine.generate([talk.request() for talk in by_id.values()]):
            talk = by_id[reply.id]
            talk.add(reply, tokenizer)
            if talk.is_done:
                del by_id[reply.id]
                yield ConversationReplies(reply.id, tuple(talk.replies), talk.sampling.seed)
