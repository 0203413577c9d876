"""When a text under way ends: a stop text is found wherever tokens that are no text stand in it."""

from pathlib import Path

import numpy as np
import pytest

from generation.engine.occupants import Occupant, occupant_of
from generation.engine.requests import GenerationRequest
from generation.engine.tokenizer import Tokenizer

FILE = Path(__file__).parents[2] / "fixtures" / "generation" / "tokenizer" / "tokenizer.model"
EOS, BOS = 1, 2


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(FILE)


def asked(tokenizer: Tokenizer, stop: str) -> Occupant:
    return occupant_of(GenerationRequest("a", [BOS], 400, stop=[stop], ignore_eos=True), (), tokenizer)


@pytest.mark.parametrize("between", [0, 1, 8, 9, 300])
def test_a_stop_text_is_found_however_many_silent_tokens_part_it(tokenizer, between):
    occupant = asked(tokenizer, "time")
    for token in [*tokenizer.encode("a ti"), *[BOS] * between, *tokenizer.encode("me")]:
        assert occupant.reason is None
        occupant.take(token, 0.0, False)
    assert (occupant.reason, occupant.result().text) == ("stop", "a ")


def test_a_text_ends_with_the_first_token_by_which_the_whole_of_it_holds_the_stop_text(tokenizer):
    rng, ended = np.random.default_rng(5), 0
    letters = [tokenizer.encode(letter)[0] for letter in "ab"]
    bytes_of_one = [6 + byte for byte in "é".encode()]  # the first six ids are control tokens and turns
    assert tokenizer.decode(bytes_of_one) == "é"
    for _ in range(200):
        occupant = asked(tokenizer, "abéa")
        for token in rng.choice([*letters, *bytes_of_one, EOS, BOS], 300):
            before = occupant.written.copy()
            occupant.take(int(token), 0.0, False)
            assert (occupant.reason == "stop") == ("abéa" in tokenizer.decode([*before, int(token)]))
            if occupant.reason:
                ended += 1
                break
    assert ended > 20
