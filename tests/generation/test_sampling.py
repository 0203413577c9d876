import re

import pytest

from generation.sampling import Sampling, sampling_digest


def test_the_default_is_greedy_with_256_tokens():
    assert Sampling().to_json() == {"temperature": 0.0, "top_k": 0, "top_p": 1.0, "max_new_tokens": 256}
    assert Sampling().is_greedy


def test_equal_parameters_have_one_digest_however_they_are_written():
    assert Sampling(temperature=0).sha256 == Sampling(temperature=-0.0).sha256 == Sampling().sha256
    assert Sampling(temperature=1, top_p=1).sha256 == Sampling(temperature=1.0, top_p=1.0).sha256


@pytest.mark.parametrize(
    "other", [{"temperature": 0.7}, {"temperature": 1.0, "top_k": 40}, {"max_new_tokens": 255}]
)
def test_what_changes_the_texts_changes_the_digest(other):
    assert Sampling(**other).sha256 != Sampling().sha256


def test_parameters_come_back_from_json():
    sampling = Sampling(temperature=0.7, top_k=40, top_p=0.95, max_new_tokens=12)
    assert Sampling.from_json(sampling.to_json()) == sampling


def test_the_digest_is_that_of_canonical_json():  # printf '{}' | sha256sum
    assert sampling_digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"temperature": -1}, "temperature is -1.0; it must be a number from 0 up"),
        ({"temperature": float("nan")}, "temperature is nan; it must be a finite number"),
        ({"temperature": "0.7"}, "temperature is '0.7'; it must be a finite number"),
        ({"temperature": True}, "temperature is True"),
        ({"temperature": 1, "top_p": 0}, "top_p is 0.0; it must be a number above 0 and at most 1"),
        ({"temperature": 1, "top_k": 2.5}, "top_k is 2.5; it must be a whole number from 0 up"),
        ({"max_new_tokens": 0}, "max_new_tokens is 0; it must be a whole number from 1 up"),
        ({"top_k": 5}, "at temperature 0 nothing is drawn"),
    ],
)
def test_nonsense_is_refused_by_name(parameters, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Sampling(**parameters)


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ValueError, match="beams is no sampling parameter"):
        Sampling.from_json({"beams": 4})
