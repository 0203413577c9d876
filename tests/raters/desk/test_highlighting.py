"""Colours for code: where they stand, where they never do, and that no hostile text takes long or gets out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raters.desk.highlighting import CLASSES, LANGUAGES, LONGEST
from raters.desk.rendering import render

SPANS = re.compile(r'<span class="([\w-]+)">')


def fenced(code: str, language: str) -> str:
    return render(f"```{language}\n{code}\n```")


def test_keywords_strings_numbers_and_comments_have_colours():
    html = fenced('def tide(h):\n    return "low" if h < 2 else 3  # metres', "python")
    assert '<span class="code-keyword">def</span>' in html
    assert '<span class="code-name">tide</span>' in html
    assert '<span class="code-comment"># metres</span>' in html
    assert set(SPANS.findall(html)) == {
        "code-keyword", "code-name", "code-string", "code-number", "code-comment",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["", "no-such", "PythonTraceback", '"><script>'])
def test_a_language_that_is_not_named_is_not_guessed(language):
    assert not SPANS.search(fenced("def tide(): pass", language))


def test_long_code_is_shown_plain():
    assert not SPANS.search(fenced("x = 1\n" * LONGEST, "python"))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_is_known_and_keeps_the_text(language):
    code = "<script>alert(1)</script> & 'x' /* y */"
    html = fenced(code, language)
    assert re.sub(r"<[^>]*>", "", html).strip() == code.replace("&", "&amp;").replace("<", "&lt;").replace(
        ">", "&gt;"
    )


@given(st.text(max_size=300), st.sampled_from(sorted(LANGUAGES)))
def test_whatever_is_written_only_our_own_spans_come_out(code, language):
    tags = re.findall(r"<[^>]*>", fenced(code.replace("`", ""), language))
    allowed = {f'<span class="{name}">' for name in CLASSES.values()} | {
        "</span>",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
    }
    assert set(tags) <= allowed | {"<p>", "</p>", "<br>"}
