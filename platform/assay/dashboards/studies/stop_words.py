"""What a study's stopping rules mean, in words of pages that researchers alone read."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from raters.studies.stopping import SEQUENCE

MEANINGS: dict[str, str | Promise] = {
    "": _("when every rating that is wanted is there"),
    SEQUENCE: _("earlier, once the 95% confidence sequence of each pair leaves 50% out"),
}
CAVEATS = _(
    "The sequence may be looked at as often as you like, from 50 prompts on; it holds for new prompts and these "
    "raters. With few raters wait for the headline's interval too, which is not made for stopping early."
)
