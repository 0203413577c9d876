"""Studies that were judged elsewhere, brought in by programs."""

import json

from django.core.files.base import ContentFile

from assay.api.client_commands import main
from raters.models import Study
from tests.raters.importing.files import document, example, rating
from tests.raters.importing.sheets import Formula, judged, three_pairs, workbook


def file(content=None, name="herons.json"):
    return ContentFile(json.dumps(content or document()).encode(), name=name)


def test_a_file_is_looked_at_made_and_then_known(api, db):
    look = api.upload("studies/imports?dry_run=true", file())
    assert (look.status_code, look.json()["saved"], Study.objects.count()) == (200, False, 0)
    made = api.upload("studies/imports?title=Our+herons", file())
    told = made.json()
    assert (made.status_code, told["saved"], told["study"]) == (201, True, "herons")
    assert (told["candidates"], told["baseline"]) == (["heron v2"], "plover v1")
    assert (told["prompts"], told["judgments"], told["superseded"], told["raters"]) == (4, 16, 0, 4)
    again = api.upload("studies/imports?slug=others", file())
    assert (again.status_code, again.json()["saved"], again.json()["study"]) == (200, False, "herons")
    study = api.get("studies/herons").json()
    assert study["imported"]["sha256"] == told["sha256"] and (study["blind"], study["status"]) == (
        False,
        "closed",
    )


def test_what_is_wrong_is_told_with_its_field(api, db):
    wrong = document([example(ratings=[rating(7)])])
    answer = api.upload("studies/imports", file(wrong))
    [error] = answer.json()["errors"]
    assert answer.status_code == 422 and not Study.objects.exists()
    assert (
        error["field"] == "examples[0].individual_rater_scores[0].score" and "not one of" in error["message"]
    )
    assert api.upload("studies/imports?format=tea-leaves", file()).status_code == 422


def test_a_sheet_comes_in_without_the_rows_that_were_named(api, db):
    rows = [*three_pairs(), judged(2, completion_a=Formula("C98"))]
    spoilt = api.upload("studies/imports?format=tulu-sheet", ContentFile(workbook(rows), name="sheet.xlsx"))
    assert "row 8, column G (completion_a)" in spoilt.json()["errors"][0]["field"]
    asked = "studies/imports?format=tulu-sheet&leave_out=8"
    made = api.upload(asked, ContentFile(workbook(rows), name="sheet.xlsx"))
    assert (made.status_code, made.json()["candidates"]) == (201, ["heron", "ibis", "stork"])
    assert (made.json()["judgments"], made.json()["superseded"], made.json()["raters"]) == (5, 1, 3)
    assert "Left out as asked: 1 row: 8" in made.json()["notes"]
    assert api.get("studies/sheet").json()["imported"]["left_out"] == "8"
    wrong = api.upload(f"{asked}&baseline=crane", ContentFile(workbook(rows), name="sheet.xlsx"))
    assert wrong.status_code == 422 and "no model 'crane'" in wrong.text


def test_a_token_needs_the_scope(api_of, researcher, db):
    assert api_of(researcher, "read", "prompts:write").upload("studies/imports", file()).status_code == 403


def test_the_client_has_a_command_for_it(tmp_path, monkeypatch, capsys):
    asked = {}

    def upload(self, path, file, **query):
        asked.update(query, path=path, file=file)
        return {"saved": True}

    monkeypatch.setattr("assay.api.client.AssayClient.upload", upload)
    environment = {"ASSAY_URL": "https://assay.example.org", "ASSAY_TOKEN": "assay_x"}
    code = main(["import-study", str(tmp_path / "h.json"), "--slug", "herons", "--dry-run"], environment)
    assert code == 0 and json.loads(capsys.readouterr().out) == {"saved": True}
    assert (asked["path"], asked["slug"], asked["dry_run"]) == ("/studies/imports", "herons", "true")
