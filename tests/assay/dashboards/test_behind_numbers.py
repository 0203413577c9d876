"""What a number's link leads to is what the number is made of: the counts of the linked list add up to its n."""

import csv
import io
import re
from collections import Counter
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from assay.dashboards.prompts.uses import uses_of
from assay.dashboards.results.summary import results_of
from assay.reports.refresh import refresh
from assay.takeaway.pseudonyms import Pseudonyms
from promptsets.models import PromptSetVersion
from raters.comparisons.settling import settle
from raters.models import Comparison, Study
from raters.studies.design import lock
from raters.studies.sharing import share
from raters.studies.unblinding import unblind
from tests import builders
from tests.raters.comparisons.test_settling import draft
from tests.raters.working import work

PROMPTS = 12
EQUAL, REUSED = range(2), range(2, 4)


@pytest.fixture
def study(db):
    """Ana and ben judge eight of twelve prompts, ben at odds with most; two are equal, two were judged before."""
    version = builders.prompt_set(prompts=PROMPTS)
    counts = {"counts": {"categories": {"coding": 6, "creative": 6}}}
    QuerySet(PromptSetVersion).update(manifest=counts)  # as an import writes it, before it is frozen
    heron = [f"heron says {n}" for n in range(PROMPTS)]
    plover = [heron[n] if n in EQUAL else f"plover says {n}" for n in range(PROMPTS)]
    base = [plover[n] if n in REUSED else f"other {n}" for n in range(PROMPTS)]
    candidate, baseline = builders.run(version, "heron", heron), builders.run(version, "plover", plover)
    early = draft(version, "early", builders.run(version, "base", base), candidate, ratings=3)
    lock(early)
    raters = [builders.rater(early, name) for name in ("eva", "eli", "eda")]
    for rater, preference in zip(raters, ("b", "b", "a"), strict=True):
        list(work(rater, early, preference))
    made = draft(version, "autumn", candidate, baseline, ratings=3)
    settle(made, Study.objects.filter(pk=early.pk))
    made.exclusion_rules = {"agreement_below": 0.5}
    made.save()
    Comparison.objects.filter(study=made, prompt__key="p0011").update(self_identified=True)
    lock(made)
    for name, preference in (("ana", "a"), ("cai", "a"), ("ben", "b")):
        list(work(builders.rater(made, name), made, preference))
    unblind(made, "all is in")
    refresh(made)
    return made


@pytest.fixture
def listed(client, researcher):
    """The rows of the file that says the same as the page under this address."""
    client.force_login(researcher)

    def rows(address):
        parts = urlsplit(address)
        page = client.get(address)
        assert page.status_code == 200 and "is not one of" not in page.text
        file = client.get(parts.path.rstrip("/") + ".csv", parse_qs(parts.query))
        return list(csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode())))

    return rows


def counting(rows):
    return [row for row in rows if not row["why_not"]]


def test_every_row_of_the_results_leads_to_as_many_judgments_as_its_n(study, researcher, listed):
    [pair_] = results_of(study, researcher).pairs
    found = {row.estimate.name + row.estimate.slice: row for row in (*pair_.rows, *pair_.reliability)}
    assert {"win_rate", "win_rate_nobody_left_out", "win_rate_no_self_identification"} <= set(found)
    expected = {name: row.estimate.n for name, row in found.items()}
    assert {name: len(counting(listed(row.behind))) for name, row in found.items()} == expected
    names = ("win_rate_nobody_left_out", "win_rate", "win_rate_no_self_identification")
    most, headline, fewest = (expected[name] for name in names)
    assert most > headline > fewest


def test_outcomes_add_up_to_the_headline_s_own_comparisons(study, researcher, listed):
    """Ben, whom the rules leave out, says b everywhere: with him no comparison would be without dissent."""
    [pair] = results_of(study, researcher).pairs
    by_outcome = {name: listed(f"{pair.behind}&outcome={name}") for name in ("first", "even", "second")}
    keys = {name: {row["prompt_id"] for row in rows} for name, rows in by_outcome.items()}
    assert keys["even"] == {"p0000", "p0001"} and len(keys["first"]) == 10 and not keys["second"]
    assert sum(len(counting(rows)) for rows in by_outcome.values()) == pair.headline.n
    split = {row["prompt_id"] for row in listed(f"{pair.behind}&votes=split")}
    assert split == {"p0002", "p0003"}  # as the earlier study's raters are; here nobody who counts dissents


def test_votes_of_left_out_raters_and_settled_comparisons_say_why(study, client, researcher, listed):
    [code] = study.enrolments.filter(rater__user__username="ben").values_list("rater__code", flat=True)
    rows = listed(reverse("dashboards:comparisons", args=[study.slug]))
    mine = [row["why_not"] for row in rows if row["rater"] == Pseudonyms(study)("rater", code)]
    assert len(mine) == 8 and all("agreement_below" in why for why in mine)
    page = client.get(reverse("dashboards:comparisons", args=[study.slug])).text
    assert (
        page.count("Two equal texts: a tie by definition") == 2
        and page.count("Judged in an earlier study") == 2
    )
    assert "left out by the rule agreement_below" in page


def test_each_rater_leads_to_what_the_row_counts(study, client, researcher, listed):
    client.force_login(researcher)
    page = client.get(reverse("dashboards:results", args=[study.slug]))
    assert page.text.count("left out by rule: agreement_below") == 1
    address = reverse("dashboards:comparisons", args=[study.slug])
    for row in page.context["raters"]:
        name = Pseudonyms(study)("rater", row.code)
        own = [one for one in counting(listed(address + row.behind)) if one["rater"] == name]
        assert len(own) == row.n == 8


def test_what_raters_of_a_study_said_that_the_reader_may_not_see_is_told_without_them(study, listed):
    early = Study.objects.get(slug="early")
    share(early, builders.researcher("olga"), "owner", None)
    rows = listed(reverse("dashboards:comparisons", args=[study.slug]))
    reused = [row for row in rows if row["prompt_id"] == "p0002"]
    assert [row["rater"] for row in reused] == ["", "", ""]
    assert sorted(row["preferred"] for row in reused) == ["heron", "heron", "plover"]


def test_a_prompt_s_judgments_are_those_of_the_headline(study, researcher):
    prompts = {prompt.key: prompt for prompt in study.prompt_set_version.prompts.all()}
    of = {
        key: [row for row in uses_of(prompts[key], researcher)["judged"] if row.comparison.study == study]
        for key in prompts
    }
    assert {(row.a, row.tie, row.b) for row in of["p0005"]} == {(2, 0, 0)}
    assert {(row.a, row.tie, row.b) for row in of["p0002"]} == {(2, 0, 1)}


def test_each_count_of_a_prompt_s_page_leads_to_the_votes_that_it_counts(study, researcher, listed):
    told = {0: "heron", 1: "a tie", 2: "plover"}
    for prompt in study.prompt_set_version.prompts.all():
        [row] = [one for one in uses_of(prompt, researcher)["judged"] if one.comparison.study == study]
        assert {one["prompt_id"] for one in listed(row.behind)} == {prompt.key}
        for place, (n, address) in enumerate(row.counts):
            votes = [one for one in counting(listed(address)) if one["preferred"] == told[place]] if n else []
            assert (len(votes), bool(address)) == (n, n > 0)


def test_the_page_of_a_prompt_links_its_counts(study, client, researcher):
    client.force_login(researcher)
    for key, said in (("p0005", "first"), ("p0002", "second"), ("p0000", "")):
        page = client.get(reverse("dashboards:prompt", args=[study.prompt_set_version, key])).text
        pair = "-".join(str(arm.pk) for arm in study.arms.order_by("pk"))
        address = f"{reverse('dashboards:comparisons', args=['autumn'])}?pair={pair}&amp;prompt={key}"
        assert address + (f"&amp;said={said}" if said else "") + '"' in page


def test_each_part_of_the_bar_leads_to_the_judgments_that_it_counts(study, researcher, listed):
    [pair] = results_of(study, researcher).pairs
    hrefs = [unescape(one) for one in re.findall(r'<a href="([^"]+)"', pair.ties)]
    assert [href.rpartition("=")[2] for href in hrefs] == ["first", "tie", "second"]
    said = [Counter(row["preferred"] for row in counting(listed(href))) for href in hrefs]
    outcomes = [pair.headline.detail[name] for name in ("wins", "ties", "losses")]
    assert [of[name] for of, name in zip(said, ("heron", "a tie", "plover"), strict=True)] == outcomes


def test_published_figures_stand_in_the_table_with_their_source(study, client, researcher):
    client.force_login(researcher)
    page = client.get(reverse("dashboards:results", args=[study.slug])).text
    table = page[page.index("The same as a table") : page.index("</table>")]
    assert table.count("arXiv 2404.07839") == 2 and "[41.8, 45.6]" in table
