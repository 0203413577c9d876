"""Conversations: user turns in, replies out, each reply generated with all that was said before it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from generation.engine.chat import CHATS
from generation.engine.engine import Engine, Session
from generation.engine.requests import GeneratedText, GenerationRequest
from generation.engine.sampling import SamplingParams, derived_seed


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
    more: Callable[[], Iterable[Conversation]] = tuple,
) -> Iterator[ConversationReplies]:
    """Yields each conversation as soon as its last reply is done.

    `more` is asked for further ones whenever none waits for a slot, until it has none, so that slots do not run empty.

    Each turn is generated as soon as the reply before it is there; max_new_tokens holds for each reply.
    A reply cut at that length stands in the conversation as it is. Each conversation is drawn with
    `derived_seed(sampling.seed, id)`.
    Raises: ValueError, before anything is generated, if the checkpoint cannot chat, an id stands twice, a
        conversation has no turn or max_new_tokens is not positive.
    """

    def begun(conversations: Iterable[Conversation]) -> list[_Talk]:
        return [_begin(engine, conversation, sampling, max_new_tokens) for conversation in conversations]

    talks = begun(conversations)
    return _in_sessions(engine, _open(engine, talks), talks, lambda: begun(more()))


@dataclass
class _Talk:
    """A conversation under way. `context`: all of it so far, the next prompt; `later`: the ids of turns to come."""

    conversation: Conversation
    context: list[int]
    later: list[list[int]]
    sampling: SamplingParams
    max_new_tokens: int
    replies: list[GeneratedText] = field(default_factory=list)

    @property
    def places(self) -> int:
        """Tokens of the whole conversation at the most."""
        return len(self.context) + sum(map(len, self.later)) + self.max_new_tokens * (1 + len(self.later))

    @property
    def is_done(self) -> bool:
        return len(self.replies) == len(self.conversation.user_turns)

    def request(self) -> GenerationRequest:
        """Its id stands once in a session: a first turn has the conversation's own."""
        turn = f" turn {len(self.replies) + 1}" if self.replies else ""
        return GenerationRequest(
            f"{self.conversation.id}{turn}", self.context, self.max_new_tokens, self.sampling
        )

    def add(self, reply: GeneratedText) -> None:
        self.replies.append(replace(reply, id=self.conversation.id))
        if not self.is_done:
            self.context = [*self.context, *reply.token_ids, *self.later[len(self.replies) - 1]]


def _begin(
    engine: Engine, conversation: Conversation, sampling: SamplingParams, max_new_tokens: int
) -> _Talk:
    tokenizer, chat = engine.checkpoint.tokenizer, CHATS[engine.checkpoint.chat_format]
    if tokenizer is None:
        raise ValueError(f"{engine.checkpoint.path}: has no tokenizer.model: it takes token ids only")
    if not conversation.user_turns:
        raise ValueError(f"conversation {conversation.id!r}: has no user turn")
    first, *later = conversation.user_turns
    return _Talk(
        conversation,
        chat.first_turn(tokenizer, first),
        [chat.next_turn(tokenizer, turn) for turn in later],
        replace(sampling, seed=derived_seed(sampling.seed, conversation.id)),
        max_new_tokens,
    )


def _open(engine: Engine, talks: list[_Talk]) -> Session:
    return engine.open([talk.request() for talk in talks], max((talk.places for talk in talks), default=0))


def _in_sessions(
    engine: Engine, session: Session, talks: list[_Talk], more: Callable[[], list[_Talk]]
) -> Iterator[ConversationReplies]:
    """One session, or several where a talk that came later is longer than the one under way has room for."""
    while talks:
        too_long: list[_Talk] = []
        yield from _turn_after_turn(session, talks, more, too_long)
        if talks := too_long:
            session = _open(engine, talks)


def _turn_after_turn(
    session: Session, talks: list[_Talk], more: Callable[[], list[_Talk]], too_long: list[_Talk]
) -> Iterator[ConversationReplies]:
    asked = {talk.request().id: talk for talk in talks}
    has_more = True
    for reply in session.texts():
        talk = asked.pop(reply.id)
        talk.add(reply)
        further = [] if talk.is_done else [talk]
        if has_more and not session.has_waiting:
            came = more()
            has_more = bool(came)
            too_long += [late for late in came if late.places > session.capacity]
            further += [late for late in came if late.places <= session.capacity]
        requests = {late.request().id: late for late in further}
        asked |= requests
        session.add(late.request() for late in requests.values())
        if talk.is_done:
            yield ConversationReplies(talk.conversation.id, tuple(talk.replies), talk.sampling.seed)
