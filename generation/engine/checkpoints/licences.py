"""Under what licence a folder's weights stand: as its model card says, else as released weights of its shape do."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.engine.presets import PRESETS

LONGEST = 200
LARGEST_CARD = 1 << 20  # bytes that are read of a README.md; the front matter stands first
README, SHAPE = "readme", "shape"
GIVEN_TO_HUGGING_FACE = {"gemma": "Gemma Terms of Use", "apache-2.0": "Apache-2.0", "mit": "MIT"}
FIELD = re.compile(r"^(license|license_name|license_link)[ \t]*:[ \t]*(.*)$", re.MULTILINE)
FIRST_OF_A_LIST = re.compile(r"^license[ \t]*:[ \t]*\n[ \t]*-[ \t]+(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Licence:
    """A licence by name, and who says so: README, or SHAPE where that is a guess; both empty where nobody does."""

    name: str = ""
    told_by: str = ""

    def __str__(self) -> str:
        told = {README: "as README.md says", SHAPE: "a guess: that of the released weights of this shape"}
        return f"{self.name} ({told[self.told_by]})" if self.name else "not told"


def licence_of(folder: Path, config: Any) -> Licence:
    """The licence of the weights in a folder with this config."""
    if stated := licence_stated(folder / "README.md"):
        return Licence(stated, README)
    released = next((known.licence for known in PRESETS.values() if known.config == config), "")
    return Licence(released, SHAPE) if released else Licence()


def licence_stated(card: Path) -> str:
    """What `license:` says in the front matter of a model card as Hugging Face writes it; empty if it says nothing.

    A licence of its own goes by `license_name` and `license_link` there, and so here.
    """
    found = {name: _scalar(value) for name, value in FIELD.findall(_front_matter(card))}
    listed = FIRST_OF_A_LIST.search(_front_matter(card))
    licence = _scalar(listed[1]) if listed else found.get("license", "")
    if licence == "other":
        own = (found.get("license_name", ""), found.get("license_link", ""))
        licence = " ".join(part for part in own if part) or licence
    return GIVEN_TO_HUGGING_FACE.get(licence, licence) if _is_a_name(licence) else ""


def _front_matter(card: Path) -> str:
    if not card.is_file():
        return ""
    with card.open("rb") as stream:
        text = stream.read(LARGEST_CARD).decode(errors="replace").removeprefix("\ufeff").replace("\r\n", "\n")
    opening, _, rest = text.partition("\n")
    inside, closing, _ = f"\n{rest}\n".partition("\n---\n")
    return inside if opening.strip() == "---" and closing else ""


def _scalar(value: str) -> str:
    """A plain or quoted YAML scalar, without a comment; anything else of YAML's is no licence's name."""
    bare = re.sub(r"(^|\s)#.*$", "", value).strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"" else bare


def _is_a_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST and text.isprintable() and text[0] not in "[{&*!|>"
