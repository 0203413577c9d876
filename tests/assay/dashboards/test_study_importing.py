"""A study from elsewhere on its page and by the API: looked at first, then made, with the command's refusals."""

import html
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from promptsets.models import PromptFile
from raters.models import Rater, Study, StudyMember
from tests import builders
from tests.raters.importing.files import document, example
from tests.raters.importing.sheets import Formula, judged, three_pairs, workbook

CONTENT = json.dumps(document()).encode()


@pytest.fixture
def send(client, researcher):
    client.force_login(researcher)

    def sent(content=None, **fields):
        file = {} if content is None else {"file": SimpleUploadedFile("herons.json", content)}
        return client.post("/import-study/", {"format": "llm-comparator"} | fields | file)

    return sent


def test_the_page_is_led_to_and_asks_for_a_file(client, researcher):
    client.force_login(researcher)
    assert 'href="/import-study/"' in client.get("/studies/").text
    assert "File of judged pairs" in client.get("/import-study/").text


def test_a_file_is_shown_before_anything_is_made(send):
    page = send(CONTENT)
    text = " ".join(page.text.split())
    assert page.status_code == 200 and "<dt>Judgments</dt><dd>16</dd>" in text
    assert "heron v2 against plover v1, imported" in text
    assert not Study.objects.exists() and not Rater.objects.exists()


def test_what_was_looked_at_is_made_and_its_own(client, send, researcher):
    send(CONTENT)
    done = send(save="", sent=PromptFile.objects.get().token, title="Our herons")
    study = Study.objects.get()
    assert done.url == "/studies/herons/" and (study.title, study.created_by) == ("Our herons", researcher)
    assert StudyMember.objects.get().role == "owner" and not PromptFile.objects.exists()
    assert "Our herons was imported." in client.get(done.url).text


def test_the_same_file_again_is_told(client, send):
    for _ in range(2):
        page = send(CONTENT)
        send(save="", sent=PromptFile.objects.get().token)
    assert "This file was imported already" in page.text and Study.objects.count() == 1


def test_a_file_that_others_imported_is_told_without_their_study(client, send):
    send(CONTENT)
    send(save="", sent=PromptFile.objects.get().token, title="Secret herons")
    client.get("/studies/")  # which shows the message
    client.force_login(builders.researcher("olga"))
    page = send(CONTENT)
    assert page.status_code == 422 and "as a study of others" in page.text
    assert "Secret herons" not in page.text


def test_what_is_wrong_is_refused_beside_the_form(send):
    wrong = json.dumps(document([example(output_text_a=3)])).encode()
    page = send(wrong)
    assert page.status_code == 422 and "examples[0].output_text_a: is not a text" in page.text
    assert send().status_code == 422 and not Study.objects.exists()


def test_a_name_that_is_taken_is_told_beside_its_field(send):
    builders.study(slug="herons")
    page = send(CONTENT)
    assert page.status_code == 422 and "There is a study of that name already" in page.text


def test_a_sheet_is_shown_with_what_of_it_is_left_out(client, send):
    rows = [*three_pairs(), judged(2, completion_a=Formula("C98"))]
    asked = {"format": "tulu-sheet", "slug": "herons"}
    assert "row 8, column G (completion_a): is a formula" in html.unescape(send(workbook(rows), **asked).text)
    page = send(workbook(rows), leave_out="8", **asked)
    told = " ".join(page.text.split())
    assert "<dt>Candidates</dt><dd>heron, ibis, stork</dd>" in told and "Left out as asked: 1 row: 8" in told
    assert "<dt>Raters</dt><dd>3</dd>" in told and not Study.objects.exists()
    kept = PromptFile.objects.order_by("pk").last()
    done = send(save="", sent=kept.token, leave_out="8", **asked)
    assert "Rows left out by whoever imported it: 8." in client.get(done.url).text


def test_a_sheet_that_leaves_its_baseline_open_asks_for_it(send):
    page = send(workbook([judged(0)]), format="tulu-sheet")
    assert page.status_code == 422 and "heron and plover (1 row) leave open with which" in page.text
    assert send(workbook([judged(0)]), format="tulu-sheet", baseline="heron").status_code == 200
    wrong = send(workbook([judged(0)]), format="tulu-sheet", leave_out="two")
    assert wrong.status_code == 422 and "is no number of a row" in wrong.text


def test_names_in_the_file_are_only_text(send):
    named = document(models=[{"name": "<script>a</script>"}, {"name": "<b>b</b>"}])
    text = send(json.dumps(named).encode()).text
    assert "<script>a" not in text and "<b>b" not in text and "&lt;b&gt;b" in text
