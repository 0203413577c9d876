"""The rubrics that come with Assay: a guide and a scale for each kind of prompt set."""

from pathlib import Path

from raters.models import Rubric

GUIDES = Path(__file__).parent / "guides"
PRESETS = {
    Rubric.Kind.INSTRUCTION: ("instruction-following", "Instruction following"),
    Rubric.Kind.SAFETY: ("safety", "Safety"),
}


def preset(kind: str) -> Rubric:
    """The newest version of the preset for that kind of prompt set; a changed guide becomes a new version."""
    slug, title = PRESETS[Rubric.Kind(kind)]
    guide = (GUIDES / f"{slug}.md").read_text()
    newest = Rubric.objects.filter(slug=slug).order_by("-version").first()
    if newest and newest.guide == guide:
        return newest
    version = newest.version + 1 if newest else 1
    return Rubric.objects.create(slug=slug, version=version, kind=kind, title=title, guide=guide)
