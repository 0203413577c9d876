"""Reads a sheet of judgments as that of Tulu has them: a row for each, sides named a and b as they stood.

Strictly: a text that a spreadsheet has spoilt, or that differs between rows, makes no judgment until somebody says
which rows are left out. A rater's name is read to tell raters apart, and stays in the file.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from analysis.wording import counted
from promptsets.formats.problems import MOST_LISTED, BadRow, Problem, printable, shown
from promptsets.formats.source import Source
from promptsets.refusals import FieldError
from raters.importing.comparator import LONGEST_NAME, UNSTORABLE
from raters.importing.judged_file import Choices, JudgedFile, StudyFileError
from raters.importing.sheet_judgments import Clash, SheetJudgment, baseline_of, clashes, others, prompts_of
from raters.importing.sheet_rows import Sheet, SheetRow, sheet_of, verbatim
from raters.importing.workbook import NUMBER, TEXT

NAME = "tulu-sheet"
MOST_TOLD = 200  # rows, by their numbers
TEXTS = ("prompt", "completion_a", "completion_b")
MODELS = ("model_a", "model_b")
REQUIRED = (*TEXTS, *MODELS, "preference", "evaluator")
ACCEPTABLE = ("completion_a_is_acceptable", "completion_b_is_acceptable")
KEPT = ("id", "instance_index", "instance_id", "timestamp", "instance_quality")
COLUMNS = (*REQUIRED, *ACCEPTABLE, *KEPT, "comment")
PREFERENCES = {
    "a-is-better": ("left", 2),
    "a-is-slightly-better": ("left", 1),
    "tie": ("", 0),
    "b-is-slightly-better": ("right", 1),
    "b-is-better": ("right", 2),
}
DAY_ZERO, LAST_DAY = (
    datetime(1899, 12, 30, tzinfo=UTC),
    2_958_466,
)  # of a spreadsheet's numbers: to the year 9999
TIME = "a time such as 2023-05-18 13:11:45, or a spreadsheet's number of days"


def judged_in(source: Source, choices: Choices = Choices()) -> JudgedFile:  # noqa: B008  it is frozen
    """Raises: StudyFileError naming each row and column, and what would be right; FieldError for a choice."""
    name = printable(source.name)
    try:
        sheet = sheet_of(source, COLUMNS, REQUIRED)
    except BadRow as bad:
        raise StudyFileError(name, [Problem(None, field, told) for field, told in bad.faults]) from bad
    rows = _kept(sheet, choices)
    if not rows:
        raise StudyFileError(name, [Problem(None, "", "holds no row with a judgment")])
    wrong: list[Clash] = []
    judgments = [one for row in rows if (one := _judgment(sheet, row, wrong))]
    if wrong := wrong or list(clashes(judgments)):
        raise _refused(name, sheet, wrong)
    return _file(source, sheet, choices, judgments)


def _refused(name: str, sheet: Sheet, wrong: list[Clash]) -> StudyFileError:
    """Names what is wrong cell by cell; where that is more than is listed, all of its rows first."""
    problems = [sheet.problem(*one) for one in wrong]
    if len(problems) > MOST_LISTED:
        numbers = list(dict.fromkeys(str(number) for number, _, _ in wrong))
        more = ", and others" if len(numbers) > MOST_TOLD else ""
        told = f"something is wrong in {counted(len(numbers), 'row')}: {', '.join(numbers[:MOST_TOLD])}{more}"
        problems.insert(0, Problem(None, "", told))
    return StudyFileError(name, problems, count=len(wrong))


def _kept(sheet: Sheet, choices: Choices) -> list[SheetRow]:
    if unknown := sorted(choices.leave_out - {row.number for row in sheet.rows}):
        raise FieldError("leave_out", f"row {unknown[0]} holds no judgment: there is nothing to leave out")
    return [row for row in sheet.rows if row.number not in choices.leave_out]


def _file(source: Source, sheet: Sheet, choices: Choices, judgments: list[SheetJudgment]) -> JudgedFile:
    baseline = baseline_of(judgments, choices.baseline)
    used = [one for one in judgments if baseline in one.models]
    candidates = tuple(sorted({one.candidate(baseline) for one in used}))
    left_out, apart = ", ".join(map(str, sorted(choices.leave_out))), others(judgments, baseline)
    doubled = len(used) - len({one.what for one in used})
    told = {
        "Left out as asked": left_out and f"{counted(len(choices.leave_out), 'row')}: {left_out}",
        "Not in this study, since they compare without its baseline": apart,
        "Replaced": doubled
        and f"{counted(doubled, 'judgment')}, by a later one of the same rater; kept as history",
        "Blank rows": sheet.blank and f"{sheet.blank:,}",
        "Columns not read": ", ".join(map(printable, sorted(sheet.unread)[:20])),
    }
    more = {"baseline": baseline, "raters": "codes", "left_out": left_out, "other_pairs": apart}
    return JudgedFile(
        source,
        NAME,
        candidates,
        baseline,
        tuple(prompts_of(used, baseline)),
        knows_raters=True,
        notes=tuple(f"{what}: {which}" for what, which in told.items() if which),
        more={name: value for name, value in more.items() if value},
    )


def _judgment(sheet: Sheet, row: SheetRow, wrong: list[Clash]) -> SheetJudgment | None:
    reading = _Reading(row, in_workbook=bool(sheet.title))
    made = reading.judgment()
    wrong += [(row.number, column, told) for column, told in reading.faults]
    return None if reading.faults else made


class _Reading:
    """Reads one row, and notes what is wrong with it."""

    def __init__(self, row: SheetRow, *, in_workbook: bool) -> None:
        self.row, self.in_workbook = row, in_workbook
        self.faults: list[tuple[str, str]] = []

    def judgment(self) -> SheetJudgment:
        kept = {name: text for name in KEPT if (text := self.word(name))}
        prompt, *texts = (self.verbatim(name) for name in TEXTS)
        models = (self.model("model_a"), self.model("model_b"))
        if models[0] == models[1]:
            self.faults.append(("model_b", "is model_a again: two different models are compared"))
        preference = self.one_of("preference", PREFERENCES)
        acceptable = [self.one_of(name, {"yes": True, "no": False, "": None}) for name in ACCEPTABLE]
        raw = (
            kept
            | {"row": self.row.number}
            | {name: self.row[name].text for name in ("preference", *ACCEPTABLE)}
        )
        return SheetJudgment(
            number=self.row.number,
            name=kept.get("instance_id", ""),
            prompt=prompt,
            models=models,
            texts=(texts[0], texts[1]),
            favours=preference[0] if preference else "",
            strength=preference[1] if preference else 0,
            acceptable=(acceptable[0], acceptable[1]),
            rater=self.rater(),
            at=self.time(),
            comment=self.word("comment"),
            raw=raw,
        )

    def verbatim(self, name: str) -> str:
        cell = self.row[name]
        told = verbatim(cell, in_workbook=self.in_workbook) or (
            "holds no text: a prompt is needed" if name == "prompt" and not cell.text.strip() else ""
        )
        if told:
            self.faults.append((name, f"{told}; mend it, or leave out row {self.row.number}"))
        return self.storable(name, cell.text)

    def word(self, name: str) -> str:
        """A text or a number, as people write ids and remarks; "" where there is none."""
        cell = self.row[name]
        if cell.kind not in (TEXT, NUMBER):
            self.faults.append((name, f"is the {cell.kind} {shown(cell.text)}, not a text or a number"))
        text = cell.text.removesuffix(".0") if cell.kind == NUMBER else cell.text
        return self.storable(name, text)

    def storable(self, name: str, text: str) -> str:
        if UNSTORABLE.search(text):
            self.faults.append(
                (name, "holds U+0000 or half a surrogate pair: neither is text that can be stored")
            )
        return text

    def model(self, name: str) -> str:
        found = self.word(name)
        if not found.strip() == found != "" or not found.isprintable() or len(found) > LONGEST_NAME:
            told = f"is {shown(found)}: a name of 1 to {LONGEST_NAME} printable characters is needed"
            self.faults.append((name, told))
        return found

    def rater(self) -> str:
        found = self.word("evaluator")
        if not found.strip() == found != "":
            self.faults.append(("evaluator", "is empty or begins or ends with a blank: who judged is needed"))
        return found

    def one_of(self, name: str, choices: dict[str, Any]) -> Any:
        found = self.row[name]
        if found.kind != TEXT or found.text not in choices:
            self.faults.append(
                (name, f"is {shown(found.text)}, not one of {', '.join(filter(None, choices))}")
            )
            return None
        return choices[found.text]

    def time(self) -> datetime | None:
        text = self.row["timestamp"].text
        if not text:
            return None
        try:
            days = float(text)
        except ValueError:
            return self.written(text)
        if not 0 < days < LAST_DAY:
            self.faults.append(("timestamp", f"is {shown(text)}: {TIME} is needed"))
            return None
        return DAY_ZERO + timedelta(days=days)

    def written(self, text: str) -> datetime | None:
        try:
            found = datetime.fromisoformat(text)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            self.faults.append(("timestamp", f"is {shown(text)}: {TIME} is needed"))
            return None
