"""Parts of pages that are rendered once: for the same values the same text, and nothing of the page but those."""

import pytest
from django.template import Context, TemplateSyntaxError, engines
from django.utils.safestring import mark_safe
from django.utils.translation import override


def template(text: str):
    return engines["django"].engine.from_string("{% load i18n once %}" + text)


def test_it_is_rendered_once_for_each_value():
    page = template("{% once name=name %}{{ name }} {% now 'u' %}{% endonce %}")
    texts = [page.render(Context({"name": name})) for name in ("a", "b", "a")]
    assert texts[0] == texts[2] != texts[1]


def test_what_is_not_named_does_not_reach_it():
    page = template("{% once name=name %}{{ name }}{{ other }}{% endonce %}{{ other }}")
    assert page.render(Context({"name": "a", "other": "b"})) == "ab"


def test_each_language_has_its_own():
    page = template("{% once %}{% translate 'Skip to the content' %}{% endonce %}")
    texts = []
    for language in ("en", "de", "en"):
        with override(language):
            texts.append(page.render(Context()))
    assert texts[0] == texts[2] == "Skip to the content" != texts[1]


@pytest.mark.parametrize(("first", "second"), [(mark_safe("<b>"), "<b>"), (1, True), ("1", 1)])
def test_equal_values_of_different_kinds_are_not_mixed_up(first, second):
    kept = template("{% once value=value %}{{ value }}{% endonce %}")
    plain = template("{{ value }}")
    for value in (first, second):
        assert kept.render(Context({"value": value})) == plain.render(Context({"value": value}))


def test_it_takes_names_and_values_alone():
    with pytest.raises(TemplateSyntaxError, match="'value'"):
        template("{% once value %}{% endonce %}")


def test_what_is_anew_within_it_is_rendered_for_each_page_and_sees_all_of_it():
    page = template(
        "{% once name=name %}{{ name }}{{ who }}:{% anew %}{{ name }}{{ who }}{% endanew %}.{% endonce %}"
    )
    texts = [page.render(Context({"name": "a", "who": who})) for who in ("<ana>", mark_safe("<b>"))]
    assert texts == ["a:a&lt;ana&gt;.", "a:a<b>."]


def test_what_is_anew_stands_wherever_its_part_is_shown():
    page = template(
        "{% once all=all asks=asks %}{% for one in all %}{{ one }}{% anew %}{{ n }}{% endanew %}{% endfor %}"
        "{% if asks %}{% anew %}?{{ n }}{% endanew %}{% endif %}{% endonce %}"
    )
    texts = [
        page.render(Context({"all": ("a", "b"), "asks": asks, "n": n}))
        for n, asks in ((1, 1), (2, 1), (3, 0))
    ]
    assert texts == ["a1b1?1", "a2b2?2", "a3b3"]


def test_a_text_that_looks_like_a_mark_is_no_mark():
    page = template("{% once name=name %}{{ name }}{% anew %}!{% endanew %}{% endonce %}")
    name = f"\0{'0' * 16}\0"
    assert page.render(Context({"name": name})) == name + "!"


def test_outside_of_it_nothing_is_anew():
    with pytest.raises(TemplateSyntaxError, match="within once"):
        template("{% anew %}{% endanew %}")
