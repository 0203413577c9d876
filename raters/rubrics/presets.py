"""The rubrics that come with Assay: a guide and its questions for each kind of prompt set."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from raters.care.welfare import SAFETY_SETTINGS, SUPPORT
from raters.models import Rubric
from raters.rubrics.scales import CRITERIA

GUIDES = Path(__file__).parent / "guides"
TRANSLATED = ("de", "es", "ja", "pt")  # folders of `guides/` that hold the same texts in other languages
TITLE = _("Comparing answers")  # what a study is called on raters' pages until it is given another title


@dataclass(frozen=True)
class Preset:
    """What one of our rubrics asks; its guide and its training lie in `guides/` under the same slug."""

    slug: str
    title: str
    scale: int
    questions: list[str] = field(default_factory=list)
    asks_tie_kind: bool = False
    asks_acceptability: bool = False
    asks_safety: bool = False

    def values(self) -> dict[str, object]:
        training = json.loads((GUIDES / f"{self.slug}.json").read_text())
        words = {code: json.loads((GUIDES / code / f"{self.slug}.json").read_text()) for code in TRANSLATED}
        training["translations"] = words
        return {**asdict(self), "guide": (GUIDES / f"{self.slug}.md").read_text(), "training": training}


# "Better" and "is either good" are two questions, so a tie is asked for its kind. Where each response gets a label of
# its own first, win, tie and loss are enough after it.
PRESETS = {
    Rubric.Kind.INSTRUCTION: Preset(
        "instruction-following",
        "Instruction following",
        scale=5,
        questions=list(CRITERIA),
        asks_tie_kind=True,
    ),
    Rubric.Kind.SAFETY: Preset("safety", "Safety", scale=3, asks_safety=True),
}


def preset(kind: str) -> Rubric:
    """The newest version of the preset for that kind; a changed guide or question becomes a new version."""
    values = PRESETS[Rubric.Kind(kind)].values()
    newest = Rubric.objects.filter(slug=values["slug"]).order_by("-version").first()
    if newest and all(getattr(newest, name) == value for name, value in values.items()):
        return newest
    return Rubric.objects.create(kind=kind, version=newest.version + 1 if newest else 1, **values)


def study_settings(kind: str) -> dict[str, object]:
    """What a new study under such a rubric starts with; all of it can be changed while the study is a draft."""
    names = {"consent": "consent", "guide": PRESETS[Rubric.Kind(kind)].slug}
    if kind == Rubric.Kind.SAFETY:
        names["content_note"] = "content-note"
    ours = {name: (GUIDES / f"{file}.md").read_text() for name, file in names.items() if name != "guide"}
    care = SAFETY_SETTINGS if kind == Rubric.Kind.SAFETY else {}
    said = {"rater_title": TITLE, **({"support_line": SUPPORT} if "support_line" in care else {})}
    return {**ours, "texts": {code: in_language(code, names, said) for code in TRANSLATED}, **care}


def in_language(code: str, files: dict[str, str], said: dict[str, Any]) -> dict[str, str]:
    """The texts that lie in files, and those that are said in a line, as pages say them."""
    written = {name: (GUIDES / code / f"{file}.md").read_text() for name, file in files.items()}
    with translation.override(code):
        return written | {name: str(line) for name, line in said.items()}
