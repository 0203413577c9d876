"""The size of the rater's window: taken as the page tells it, and never a reason to lose an answer."""

import pytest

from raters.rubrics.viewports import Viewport, viewport_of


@pytest.mark.parametrize(
    ("told", "size"),
    [("390x844", (390, 844)), ("100x100", (100, 100)), ("16384x9999", (16_384, 9999))],
)
def test_a_size_in_whole_pixels_is_taken(told, size):
    assert viewport_of(told) == Viewport(*size)


NO_SIZES = [
    "",
    "390",
    "390x",
    "x844",
    "390X844",
    "390x844x2",
    "-390x844",
    "390.5x844",
    " 390x844",
    "390x844\n",
]
NO_SIZES += ["wide x tall", "0390x0844", "\u0663\u0669\u0660x844", "1e3x1e3", "9" * 5000]
OUT_OF_BOUNDS = ["99x844", "390x99", "16385x844", "390x16385", "99999x99999"]


@pytest.mark.parametrize("told", NO_SIZES + OUT_OF_BOUNDS)
def test_anything_else_is_no_size(told):
    assert viewport_of(told) is None
