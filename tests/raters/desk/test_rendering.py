"""Untrusted Markdown: what it may become, and what it never does."""

import re

import pytest

from raters.desk.rendering import render, render_prose

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](https://tracker.example/pixel.png)",
    "<https://tracker.example/>",
    "<iframe src=https://evil.example></iframe>",
    "<style>*{display:none}</style>",
    "<svg/onload=alert(1)>",
    "```html\n</code></pre><script>alert(1)</script>",
    "<div id=verdict class=primary style=position:fixed>",
    '[x](https://a.example "onmouseover=alert(1)")',
    "<a href=x>",
    "<!-- <b> --> <![CDATA[ <b> ]]>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_loads_links_or_carries_an_attribute(attack):
    tags = re.findall(r"<[^>]*>", render(attack))
    plain = [tag for tag in tags if not tag.startswith('<span class="code-')]
    assert all(re.fullmatch(r"</?[a-z0-9]+>", tag) for tag in plain)
    assert not {tag.strip("</>") for tag in tags} & {"script", "img", "a", "iframe", "style", "svg", "div"}


def test_raw_html_is_shown_as_the_text_it_is():
    assert "&lt;b&gt;bold&lt;/b&gt;" in render("<b>bold</b>")


def test_a_link_is_text_with_its_address_in_brackets():
    assert render("[a **page**](https://example.org/?a=1&b=2)") == (
        "<p>a <strong>page</strong> [https://example.org/?a=1&amp;b=2]</p>\n"
    )


def test_headings_stand_below_those_of_the_page():
    assert render("# Title\n\n## Part") == "<h4>Title</h4>\n<h5>Part</h5>\n"


def test_tables_lists_code_and_struck_text_are_kept():
    html = render("| a | b |\n|---|---|\n| 1 | 2 |\n\n- ~~one~~\n\n```\nx < 1\n```")
    for wanted in ("<table>", "<td>1</td>", "<li><s>one</s></li>", "<pre><code>x &lt; 1\n</code></pre>"):
        assert wanted in html


def test_an_unclosed_fence_or_tag_ends_with_the_text():
    html = render("```python\nprint('<b>')")
    assert html.count("<pre>") == html.count("</pre>") == 1


def test_invisible_controls_become_visible_marks():
    assert render("a\u202eb\u200bc\x07d") == "<p>a⟨U+202E⟩b⟨U+200B⟩c⟨U+0007⟩d</p>\n"


def test_half_a_letter_becomes_a_visible_mark_and_breaks_no_page():
    assert "⟨U+D800⟩" in render("**x** \ud800") and render("\udc00").encode()


def test_deep_nesting_and_size_end_in_reasonable_time():
    assert "deep" in render("> " * 5000 + "deep")
    assert "⟨100,000 more characters are not shown⟩" in render("word " * 40_000)


@pytest.mark.parametrize("depth", [1, 14, 39, 40, 200])
@pytest.mark.parametrize("mark", ["> ", "- ", "1. "])
def test_no_depth_swallows_what_stands_innermost(mark, depth):
    assert "innermost" in render(mark * depth + "innermost")
    assert "innermost" in render(
        "".join(f"{'  ' * level}- x\n" for level in range(depth)) + "  " * depth + "- innermost"
    )


def test_sources_at_the_end_of_a_text_stay():
    html = render("See [1].\n\n[1]: https://a.example\n[2]: https://b.example")
    assert "https://a.example" in html and "https://b.example" in html


@pytest.mark.parametrize("character", ["\u061c", "\u00ad", "\U000e0041", "\u2066", "\ufeff"])
def test_every_hidden_character_is_marked(character):
    assert f"⟨U+{ord(character):04X}⟩" in render(f"a{character}b")


def test_emoji_and_scripts_that_need_joiners_stay_whole():
    assert "👩‍🚀" in render("👩‍🚀") and "می‌خواهم" in render("می‌خواهم")


def test_lines_stay_lines():
    assert render("The tide\ncomes in") == "<p>The tide<br>\ncomes in</p>\n"


def test_prose_flows_where_its_lines_were_broken_for_an_editor():
    text = "One\ntwo.\n\n- three\n  four\n- five\n\n## Six\nseven"
    assert render_prose(text).count("<br") == 0
    assert "One two." in render_prose(text) and render_prose(text).count("<li>") == 2


def test_prose_in_a_script_without_spaces_gets_none_where_its_lines_were_broken():
    assert (
        render_prose("回答は\n空です。\n- 一つの\n  項目")
        == "<p>回答は空です。</p>\n<ul>\n<li>一つの項目</li>\n</ul>\n"
    )
