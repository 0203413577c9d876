"""Chat formats, as token ids: how a conversation is laid out for a checkpoint that was tuned for chat.

Gemma and RecurrentGemma (arXiv 2404.07839, tables 3 and 4), up to where the second reply starts, in one line:

    <bos><start_of_turn>user\\n{text}<end_of_turn>\\n<start_of_turn>model\\n{reply}<end_of_turn>\\n
    <start_of_turn>user\\n{text}<end_of_turn>\\n<start_of_turn>model\\n

Mistral 7B Instruct v0.2:

    <s>[INST] {text} [/INST] {reply}</s>[INST] {text} [/INST]

Each control token is one id, and nothing that a user writes becomes one. Mistral's `[INST]` is ordinary text.
"""

from typing import Protocol

from generation.engine.tokenizer import END_OF_TURN, START_OF_TURN, Tokenizer


class ChatFormat(Protocol):
    """How turns become ids. The turns' methods raise ValueError where the tokenizer lacks what the format needs."""

    def fits(self, tokenizer: Tokenizer) -> bool:
        """Whether the tokenizer has the tokens that the format needs."""
        ...

    def first_turn(self, tokenizer: Tokenizer, text: str) -> list[int]:
        """Ids of a conversation's beginning, up to where the model's reply starts."""
        ...

    def next_turn(self, tokenizer: Tokenizer, text: str) -> list[int]:
        """Ids that follow a reply (given without what ended it), up to where the next reply starts."""
        ...


class GemmaChat:
    def fits(self, tokenizer: Tokenizer) -> bool:
        return tokenizer.start_of_turn_id is not None and tokenizer.end_of_turn_id is not None

    def first_turn(self, tokenizer: Tokenizer, text: str) -> list[int]:
        return [tokenizer.bos_id, *self._user_turn(tokenizer, text)]

    def next_turn(self, tokenizer: Tokenizer, text: str) -> list[int]:
        _, end = self._turn_ids(tokenizer)
        return [end, *tokenizer.encode("\n"), *self._user_turn(tokenizer, text)]

    def _user_turn(self, tokenizer: Tokenizer, text: str) -> list[int]:
        start, end = self._turn_ids(tokenizer)
        user = tokenizer.encode_untrusted(f"user\n{text}")
        return [start, *user, end, *tokenizer.encode("\n"), start, *tokenizer.encode("model\n")]

    def _turn_ids(self, tokenizer: Tokenizer) -> tuple[int, int]:
        start, end = tokenizer.start_of_turn_id, tokenizer.end_of_turn_id
        if start is None or end is None:
            raise ValueError(
                f"the checkpoint's tokenizer has no {START_OF_TURN} and {END_OF_TURN}: it takes no chat prompts; "
                "give token_ids"
            )
        return start, end


class MistralChat:
    def fits(self, tokenizer: Tokenizer) -> bool:
        return tokenizer.bos_id >= 0 and tokenizer.eos_id >= 0

    def first_turn(self, tokenizer: Tokenizer, text: str) -> list[int]:
        if not self.fits(tokenizer):
            raise ValueError(
                "the checkpoint's tokenizer has no <s> and </s>: it takes no chat prompts; give token_ids"
            )
        return [tokenizer.bos_id, *self._instruction(tokenizer, text)]

    def next_turn(self, tokenizer: Tokenizer, text: str) -> list[int]:
        return [tokenizer.eos_id, *self._instruction(tokenizer, text)]

    def _instruction(self, tokenizer: Tokenizer, text: str) -> list[int]:
        return tokenizer.encode_untrusted(f"[INST] {text} [/INST]")


CHATS: dict[str, ChatFormat] = {"gemma": GemmaChat(), "mistral": MistralChat()}


def can_chat(chat_format: str, tokenizer: Tokenizer | None) -> bool:
    return tokenizer is not None and CHATS[chat_format].fits(tokenizer)
