"""Stop ids that a request states: whole ids of the vocabulary, and named with the request where they are none."""

import numpy as np
import pytest

from generation.engine import GenerationRequest
from generation.engine.requests import check_requests


def check(stop_ids: object) -> None:
    request = GenerationRequest("a", [2, 9], 4, stop_ids=stop_ids)
    check_requests([request], vocab_size=512, can_decode=False)


@pytest.mark.parametrize("stop_ids", [None, [], [0], (511, 5), {1, 2}, range(8), np.array([3]), [7] * 9])
def test_any_collection_of_eight_ids_may_end_a_text(stop_ids):
    check(stop_ids)


@pytest.mark.parametrize(
    ("stop_ids", "message"),
    [
        (["x"], r"^request 'a': stop_ids\[0\] is 'x'; ids are whole numbers from 0 to 511"),
        ([1, 2**40], r"^request 'a': stop_ids\[1\] is 1099511627776; ids are whole"),
        ([1.5], r"^request 'a': stop_ids\[0\] is 1.5"),
        ([True], r"^request 'a': stop_ids\[0\] is True"),
        ([-5], r"^request 'a': stop_ids\[0\] is -5"),
        ([512], r"^request 'a': stop_ids\[0\] is 512"),
        ([[1]], r"^request 'a': stop_ids\[0\] is \[1\]"),
        ("12", r"^request 'a': stop_ids\[0\] is '1'"),
        (7, "^request 'a': stop_ids is 7; expected a list of ids"),
        (range(9), "^request 'a': 9 stop_ids; expected at most 8"),
    ],
)
def test_stop_ids_that_are_none_are_refused_with_the_request(stop_ids, message):
    with pytest.raises(ValueError, match=message):
        check(stop_ids)
