"""Text to token ids and back, by a checkpoint's SentencePiece model."""

import re
from collections.abc import Sequence
from pathlib import Path

import sentencepiece

from generation.engine.errors import CheckpointError

START_OF_TURN = "<start_of_turn>"
END_OF_TURN = "<end_of_turn>"
LARGEST_FILE = 64 << 20  # bytes; of a million pieces it takes less


class Tokenizer:
    """A SentencePiece model. Ids never include <bos> unless the caller puts it there."""

    def __init__(self, file: Path) -> None:
        if file.stat().st_size > LARGEST_FILE:
            raise CheckpointError(f"{file}: larger than {LARGEST_FILE:,} bytes, which no tokenizer is")
        self._model = sentencepiece.SentencePieceProcessor()
        try:
            self._model.LoadFromSerializedProto(file.read_bytes())
        except RuntimeError as error:
            raise CheckpointError(f"{file}: not a SentencePiece model; copy it again ({error})") from error
        self.vocab_size: int = self._model.vocab_size()
        self.bos_id: int = self._model.bos_id()
        self.eos_id: int = self._model.eos_id()
        self.start_of_turn_id = self._id_of(START_OF_TURN)
        self.end_of_turn_id = self._id_of(END_OF_TURN)
        self._control_ids = frozenset(self._find_control_ids())
        # of the others no text becomes one by itself, and a cut would change how the text around them is encoded
        turns = {self.start_of_turn_id: START_OF_TURN, self.end_of_turn_id: END_OF_TURN}
        names = "|".join(re.escape(name) for token, name in turns.items() if token is not None)
        self._control_text = re.compile(f"(?=({names}))" if names else r"(?!)")

    def encode(self, text: str) -> list[int]:
        """The model's own encoding, in which the text `<start_of_turn>` becomes the control token."""
        return list(self._model.encode(text))

    def encode_untrusted(self, text: str) -> list[int]:
        """As `encode`, but what spells a control token is encoded as the ordinary characters it is."""
        cuts = [match.start() + 1 for match in self._control_text.finditer(text)]
        parts = [text[i:j] for i, j in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        return [token for part in parts for token in self._encode_part(part)]

    def decode(self, token_ids: Sequence[int]) -> str:
        """The text of the ids; an id beyond the model's vocabulary, which no text has, is U+FFFD."""
        text, run = [], list[int]()
        for token in token_ids:
            if token < self.vocab_size:
                run.append(int(token))
            else:
                text += [self._model.decode(run), "\N{REPLACEMENT CHARACTER}"]
                run = []
        return "".join([*text, self._model.decode(run)])

    def is_silent(self, token: int) -> bool:
        """Whether it adds nothing to a text, wherever it stands."""
        return token < self.vocab_size and bool(self._model.is_control(token))

    def unreadable_ids(self) -> list[int]:
        """Ids that are no text by themselves: control tokens but the end of a turn, the unknown, single bytes."""
        model = self._model
        return [
            i
            for i in range(self.vocab_size)
            if model.is_byte(i)
            or model.is_unknown(i)
            or (i in self._control_ids and i != self.end_of_turn_id)
        ]

    def _encode_part(self, part: str) -> list[int]:
        ids = self.encode(part)
        if self._control_ids.isdisjoint(ids):
            return ids
        # a model that normalises can make a control token of look-alikes, but not of one character alone
        return [token for character in part for token in self.encode(character)]

    def _id_of(self, piece: str) -> int | None:
        index: int = self._model.piece_to_id(piece)
        return index if self._model.id_to_piece(index) == piece else None

    def _find_control_ids(self) -> list[int]:
        turns = {self.start_of_turn_id, self.end_of_turn_id}
        return [i for i in range(self.vocab_size) if self._model.is_control(i) or i in turns]
