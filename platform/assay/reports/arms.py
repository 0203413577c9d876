"""What a study's arms are called in whatever leaves it, and which of two stands first: the one place that decides."""

from assay.reports.judgments import arm_names
from raters.models import Study
from raters.studies.unblinding import labels_of


def shown_names(study: Study) -> dict[int, str]:
    """Each arm's name by its key: "Model 1", "Model 2" until the study is unblinded, then its checkpoint's."""
    return labels_of(study) if study.is_blinded else arm_names(study)


def b_stands_first(study: Study, name_a: str, name_b: str) -> bool:
    """Whether results speak of b against a: only while blinded, when the lower number stands first.

    Else a, the candidate, does. To tell the candidate by its place would tell who is who.
    """
    return study.is_blinded and model_number(name_b) < model_number(name_a)


def pair_key(a: int, b: int) -> str:
    """What an address calls the pair; the same whichever of the two is the candidate."""
    return "-".join(map(str, sorted((a, b))))


def model_number(name: str) -> int:
    return int(name.rpartition(" ")[2])
