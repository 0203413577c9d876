"""Where a rater goes once their part is over: the code that tells a recruiting site how it ended, and its address."""

from dataclasses import dataclass
from urllib.parse import quote

from raters.comparisons.lots import keyed
from raters.models import Enrolment
from raters.models.people import CODE_ALPHABET

CODE_LETTERS = 7  # 34 bits


@dataclass(frozen=True)
class Onward:
    """The code of a part that is over, and the address that the site wants the rater to go to; each empty for none."""

    code: str
    url: str


def onward_from(enrolment: Enrolment) -> Onward:
    """Nothing of a part that is not over."""
    screened_out = enrolment.status == Enrolment.Status.SCREENED_OUT
    if not screened_out and enrolment.status != Enrolment.Status.FINISHED:
        return Onward("", "")
    code = screen_out_code(enrolment) if screened_out else enrolment.completion_code
    study = enrolment.study
    url = study.screen_out_url if screened_out else study.completion_url
    return Onward(code, filled_in(url, {"code": code, **enrolment.recruitment}))


def screen_out_code(enrolment: Enrolment) -> str:
    """ "S" and seven letters, for one who is screened out. It is kept nowhere: whoever has the study's secret makes it
    again from the completion code, which it does not give away, and which is drawn anew when a rater is forgotten.
    """
    number = keyed(enrolment.study, "screen-out", enrolment.completion_code)
    letters = ""
    for _ in range(CODE_LETTERS):
        number, at = divmod(number, len(CODE_ALPHABET))
        letters += CODE_ALPHABET[at]
    return "S" + letters


def filled_in(url: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        url = url.replace(f"{{{name}}}", quote(value, safe=""))
    return url
