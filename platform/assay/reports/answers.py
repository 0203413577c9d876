"""A comparison's answers as few bytes, as far as the quality of raters looks at them: 18 bytes each, by judgment."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.reports.votes import RIGHT
from raters.rubrics.scales import SCALES

if TYPE_CHECKING:
    import numpy as np

FORM = struct.Struct("<QIIBB")
CHOICES = sorted({choice.value for scale in SCALES.values() for choice in scale})  # the buttons there are
PLACE = {value: place for place, value in enumerate(CHOICES)}  # an unknown answer is a KeyError
AGAIN = 16  # a bit beside the half points and RIGHT
NO_TIME = 2**32 - 1  # no judgment takes so many milliseconds


@dataclass(frozen=True, order=True)
class Answer:
    """What one rater pressed, in what time; `again` is the second showing of a planned repeat."""

    judgment: int
    rater: int
    active_ms: int
    points: int
    is_left: bool
    again: bool
    raw: str

    def packed(self) -> bytes:
        said = self.points | (0 if self.is_left else RIGHT) | (AGAIN if self.again else 0)
        return FORM.pack(self.judgment, self.rater, self.active_ms, said, PLACE[self.raw])


def packed_answers(answers: Iterable[Answer]) -> bytes:
    return b"".join(answer.packed() for answer in sorted(answers))


def answers_as_array(stored: bytes) -> "np.ndarray":
    """The same answers as an array with the fields judgment, rater, active_ms, said and raw."""
    import numpy as np

    fields = [("judgment", "<u8"), ("rater", "<u4"), ("active_ms", "<u4"), ("said", "u1"), ("raw", "u1")]
    return np.frombuffer(stored, dtype=np.dtype(fields))
