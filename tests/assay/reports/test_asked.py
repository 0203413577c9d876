"""Reports on request: written by a worker, or answered with the reason why there is none; one that fails stops none."""

import pytest

from assay.reports import asked, kept_quality, rater_groups
from assay.reports.asked import ask, write_asked
from assay.reports.kept_quality import keep_quality
from assay.reports.live import fold
from assay.reports.models import GroupRates, KeptQuality, ReportRequest
from assay.reports.rater_groups import refresh_group_rates
from assay.reports.refresh import refresh
from raters.models import Study
from raters.studies.copying import duplicate
from raters.studies.phases import take
from tests import builders
from tests.raters.working import work


@pytest.fixture
def two(db) -> list[Study]:
    """Two studies that one rater each has judged; the first one is called autumn."""
    studies = [builders.study(about_raters=["age"]), builders.study(slug="winter", about_raters=["age"])]
    for study in studies:
        list(work(builders.rater(study, f"rita-{study.slug}"), study))
    return studies


def fails_for_autumn(step):
    def tried(study, *more):
        if study.slug == "autumn":
            raise ValueError(f"no room{'!' * 600}")
        return step(study, *more)

    return tried


def test_a_report_that_was_asked_for_is_written_once(study, rater, researcher):
    list(work(rater, study))
    wanted = ask(study, researcher)
    assert (wanted.report, wanted.reason, wanted.asked_by) == (None, "", researcher)
    assert (write_asked(), write_asked()) == (1, 0)
    wanted.refresh_from_db()
    assert wanted.report == study.reports.get() and wanted.report.judgments == 3 and wanted.reason == ""


def test_of_a_draft_there_is_nothing_to_report(study):
    with pytest.raises(ValueError, match="twin is a draft: there are no judgments to report"):
        ask(duplicate(study, "twin"))
    assert not ReportRequest.objects.exists()


def test_one_that_cannot_be_written_says_why_and_stops_no_other(two, monkeypatch, caplog):
    monkeypatch.setattr(asked, "refresh", fails_for_autumn(refresh))
    wanted = [ask(study) for study in two]
    assert write_asked() == 1 and "No report could be written of autumn" in caplog.text
    for one in wanted:
        one.refresh_from_db()
    assert wanted[0].report is None and wanted[0].reason == f"ValueError: no room{'!' * 481}"
    assert wanted[1].report == two[1].reports.get() and write_asked() == 0


def test_of_two_workers_at_once_the_first_one_gives_the_answer(study, monkeypatch):
    wanted = ask(study)
    first = refresh(study)

    def meanwhile(of):
        ReportRequest.objects.filter(pk=wanted.pk).update(report=first)
        return refresh(of)

    monkeypatch.setattr(asked, "refresh", meanwhile)
    assert write_asked() == 0
    wanted.refresh_from_db()
    assert wanted.report == first and study.reports.count() == 2


def test_figures_that_cannot_be_kept_stop_no_other_studys(two, monkeypatch, caplog):
    monkeypatch.setattr(kept_quality, "LARGE", 3)
    for study in two:
        fold(study)
    monkeypatch.setattr(kept_quality, "tallied_quality", fails_for_autumn(kept_quality.tallied_quality))
    assert keep_quality() == 1 and KeptQuality.objects.get().study == two[1]
    assert "Raters' figures could not be kept of autumn" in caplog.text


def test_groups_whose_rates_cannot_be_written_stop_no_other_studys(two, monkeypatch, caplog):
    for study in two:
        refresh(study)
        take(study, "finish")
    monkeypatch.setattr(rater_groups, "content_of", fails_for_autumn(rater_groups.content_of))
    assert refresh_group_rates() == 1 and GroupRates.objects.get().study == two[1]
    assert "No rates by group could be written of autumn" in caplog.text


def test_groups_of_a_study_without_a_report_wait_for_one(two):
    for study in two:
        take(study, "finish")
    assert refresh_group_rates() == 0
    refresh(two[0])
    assert (refresh_group_rates(), refresh_group_rates()) == (1, 0)
