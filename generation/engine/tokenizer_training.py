"""Small SentencePiece models of our own, with the first ids of the families whose checkpoints they go with."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

import sentencepiece

from generation.engine.tokenizer import END_OF_TURN, START_OF_TURN

# <pad> 0, <eos> 1, <bos> 2, <unk> 3, <start_of_turn> 4, <end_of_turn> 5, then the 256 bytes
GEMMA_LAYOUT: Mapping[str, Any] = {
    "pad_id": 0,
    "eos_id": 1,
    "bos_id": 2,
    "unk_id": 3,
    "user_defined_symbols": [START_OF_TURN, END_OF_TURN],
    "add_dummy_prefix": False,
}
# <unk> 0, <s> 1, </s> 2, then the 256 bytes; every text is read as if a space stood before it
MISTRAL_LAYOUT: Mapping[str, Any] = {
    "unk_id": 0,
    "bos_id": 1,
    "eos_id": 2,
    "pad_id": -1,
    "add_dummy_prefix": True,
}
LAYOUTS = {"gemma": GEMMA_LAYOUT, "mistral": MISTRAL_LAYOUT}  # by the chat format of their families


def train_tokenizer(lines: Iterable[str], vocab_size: int, layout: Mapping[str, Any] = GEMMA_LAYOUT) -> bytes:
    """A BPE model with byte fallback, of at most `vocab_size` pieces; the same lines give the same bytes.

    Raises: ValueError if there is too little text.
    """
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([line for line in lines if line]),
            model_writer=model,
            model_type="bpe",
            vocab_size=vocab_size,
            hard_vocab_limit=False,  # a short text gives fewer pieces rather than none
            byte_fallback=True,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            split_digits=True,
            max_sentence_length=1 << 20,
            num_threads=1,  # the order of ties must not depend on threads
            minloglevel=2,
            **layout,
        )
    except RuntimeError as error:
        raise ValueError(f"too little text for a tokenizer: {error}") from error
    return model.getvalue()
