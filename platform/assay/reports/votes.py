"""A comparison's judgments as few bytes: rater, outcome of arm a, side, both bad. Five bytes each, by rater."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

FORM = struct.Struct("<IB")
VOTE_BYTES = FORM.size
POINTS = {"b": 0, "tie": 1, "a": 2}  # half points of arm a; an unknown preference is a KeyError
RIGHT, BOTH_BAD = 4, 8  # bits beside the half points


@dataclass(frozen=True, order=True)
class Vote:
    """What one rater said of one comparison."""

    rater: int
    points: int
    is_left: bool
    both_bad: bool

    @property
    def cell(self) -> int:
        """Its place among `CELLS`."""
        return self.points + (0 if self.is_left else 3)

    def packed(self) -> bytes:
        said = self.points | (0 if self.is_left else RIGHT) | (BOTH_BAD if self.both_bad else 0)
        return FORM.pack(self.rater, said)


def packed(votes: Iterable[Vote]) -> bytes:
    return b"".join(vote.packed() for vote in sorted(votes))


def unpacked(stored: bytes) -> list[Vote]:
    return [
        Vote(rater, said & 3, not said & RIGHT, bool(said & BOTH_BAD))
        for rater, said in FORM.iter_unpack(stored)
    ]


def as_array(stored: bytes) -> "np.ndarray":
    """The same votes as an array with the fields rater and said."""
    import numpy as np

    return np.frombuffer(stored, dtype=np.dtype([("rater", "<u4"), ("said", "u1")]))
