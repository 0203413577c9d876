"""The chat format of Gemma and RecurrentGemma, as token ids.

A conversation of two turns, up to where its second reply starts:

    <bos><start_of_turn>user\\n{text}<end_of_turn>\\n<start_of_turn>model\\n{reply}<end_of_turn>\\n
    <start_of_turn>user\\n{text}<end_of_turn>\\n<start_of_turn>model\\n

(in one line). Each control token is one id, and nothing that a user writes becomes one.
"""

from generation.engine.tokenizer import END_OF_TURN, START_OF_TURN, Tokenizer

CHAT_FORMAT = "gemma"


def first_turn(tokenizer: Tokenizer, text: str) -> list[int]:
    """Ids of a conversation's beginning, up to where the model's reply starts.

    Raises: ValueError if the tokenizer has no turn tokens, as a checkpoint not tuned for chat.
    """
    return [tokenizer.bos_id, *_user_turn(tokenizer, text)]


def next_turn(tokenizer: Tokenizer, text: str) -> list[int]:
    """Ids that follow a reply (given without its <end_of_turn>), up to where the next reply starts."""
    _, end = _turn_ids(tokenizer)
    return [end, *tokenizer.encode("\n"), *_user_turn(tokenizer, text)]


def _user_turn(tokenizer: Tokenizer, text: str) -> list[int]:
    start, end = _turn_ids(tokenizer)
    user = tokenizer.encode_untrusted(f"user\n{text}")
    return [start, *user, end, *tokenizer.encode("\n"), start, *tokenizer.encode("model\n")]


def _turn_ids(tokenizer: Tokenizer) -> tuple[int, int]:
    start, end = tokenizer.start_of_turn_id, tokenizer.end_of_turn_id
    if start is None or end is None:
        raise ValueError(
            f"the checkpoint's tokenizer has no {START_OF_TURN} and {END_OF_TURN}: it takes no chat prompts; "
            "give token_ids"
        )
    return start, end
