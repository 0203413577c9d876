"""Whatever a response holds, the page gets the elements of our list and nothing else, and no letter is lost."""

from html.parser import HTMLParser

from hypothesis import strategies as st

from raters.desk.highlighting import CLASSES
from raters.desk.rendering import ALLOWED, render, render_prose, render_raw
from raters.desk.word_diff import diff
from tests.fuzz.profile import fuzz
from tests.raters.desk.test_rendering import ATTACKS

MARKS = [
    "# ",
    "> ",
    "- ",
    "1. ",
    "`",
    "```python\n",
    "```\n",
    "**",
    "_",
    "~~",
    "|",
    "|---|---|\n",
    "[",
    "](",
    ")",
]
MARKS += ["![", "<", ">", "&", "&lt;", "&#x3c;", "\n", "\n\n", "    ", "\\", '"', "'", "javascript:", "<!--"]
MARKS += ["\u202e", "\u200b", "\0", "\ud800", "\x1b[2J", "<script>", "</pre>", "onerror=", "style=", "data:"]
TEXTS = st.lists(st.sampled_from(MARKS + ATTACKS) | st.text(max_size=12), max_size=25).map("".join)


class Elements(HTMLParser):
    """Fails at anything that is not on the list."""

    def handle_starttag(self, tag, attrs) -> None:
        assert tag in ALLOWED, tag
        colours = {("class", name) for name in CLASSES.values()}
        assert not attrs or (tag == "span" and set(attrs) <= colours), attrs

    def handle_comment(self, data) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def holds_only_the_list(html: str) -> None:
    reader = Elements(convert_charrefs=True)
    reader.feed(html)
    reader.close()


@fuzz("Markdown", text=TEXTS)
def test_markdown_becomes_elements_of_the_list_alone(text):
    for html in (render(text), render_prose(text)):
        holds_only_the_list(html)
    raw = render_raw(text)
    assert "<" not in raw and ">" not in raw


@fuzz("word differences", left=TEXTS, right=TEXTS)
def test_differences_mark_words_and_nothing_else(left, right):
    found = diff(left, right)
    for html in (found.left, found.right):
        bare = html.replace("<ins>", "").replace("</ins>", "").replace("<del>", "").replace("</del>", "")
        assert "<" not in bare and ">" not in bare
