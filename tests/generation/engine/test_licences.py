"""The licence of a folder's weights: what its model card says, a guess by its shape, or nothing."""

from dataclasses import replace

import pytest

from generation.engine.checkpoints.licences import Licence, licence_of, licence_stated
from generation.engine.presets import PRESETS

TINY = PRESETS["recurrentgemma-tiny"].config


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: gemma\nlibrary_name: transformers\n---\n# A card", "Gemma Terms of Use"),
        ("---\nlibrary_name: transformers\nlicense: apache-2.0\n---\n", "Apache-2.0"),
        ("\ufeff---\r\nlicense: 'cc-by-4.0'  # ours\r\n---\r\n", "cc-by-4.0"),
        ("---\nlicense:\n- mit\ntags:\n- birds\n---\n", "MIT"),
        (
            "---\nlicense: other\nlicense_name: heron-1\nlicense_link: https://a.example/l\n---\n",
            "heron-1 https://a.example/l",
        ),
        ("---\nlicense: other\n---\n", "other"),
        ("---\nlicense: other\nlicense_link: LICENSE", ""),  # a front matter without an end is none
        ("# A card\nlicense: gemma\n", ""),
        ("---\ntags: [birds]\n---\nlicense: gemma\n---\n", ""),
        ("---\nlicense: [gemma, mit]\n---\n", ""),
        ("---\nlicense: " + "x" * 201 + "\n---\n", ""),
        ("---\nlicense: a\x00b\n---\n", ""),
        ("---\nmodel:\n  license: gemma\n---\n", ""),
    ],
)
def test_the_front_matter_of_a_model_card_tells_it(tmp_path, card, licence):
    (tmp_path / "README.md").write_bytes(card.encode())
    assert licence_stated(tmp_path / "README.md") == licence


def test_bytes_that_are_no_text_tell_nothing(tmp_path):
    (tmp_path / "README.md").write_bytes(b"---\n\xff\xfe\n---\n")
    assert licence_of(tmp_path, TINY) == Licence()


@pytest.mark.parametrize(
    ("preset", "licence"),
    [
        ("recurrentgemma-9b-it", "Gemma Terms of Use"),
        ("gemma-1.1-2b", "Gemma Terms of Use"),
        ("mistral-7b-instruct-v0.2", "Apache-2.0"),
    ],
)
def test_a_released_shape_gives_a_guess_that_says_so(tmp_path, preset, licence):
    found = licence_of(tmp_path, PRESETS[preset].config)
    assert found == Licence(licence, "shape") and "a guess" in str(found)


def test_another_shape_gives_none(tmp_path):
    assert str(licence_of(tmp_path, TINY)) == "not told"
    assert licence_of(tmp_path, replace(PRESETS["recurrentgemma-2b"].config, depth=25)) == Licence()


def test_the_model_card_is_believed_above_the_shape(tmp_path):
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n")
    assert licence_of(tmp_path, PRESETS["gemma-7b"].config) == Licence("MIT", "readme")
