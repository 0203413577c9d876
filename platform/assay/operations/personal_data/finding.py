"""Which raters a person means who asks to be forgotten: by code, by e-mail address, by the ID of a recruiting site."""

from django.db.models import Q
from django.utils.translation import gettext as _

from raters.models import Rater
from raters.way_in.inviting import PEOPLE


def raters_called(who: str) -> list[Rater]:
    """All raters who are this person: a recruiting site's ID names one rater for each link that was followed.

    Raises: ValueError if there is nobody, or somebody who plans studies, saying what would be right.
    """
    who = who.strip()
    named = Q(code__iexact=who) | Q(user__email__iexact=who)
    for name in PEOPLE:
        named |= Q(**{f"enrolments__recruitment__{name}": who})
    found = list(Rater.objects.filter(named, kind=Rater.Kind.HUMAN).select_related("user").distinct())
    if not who or not found:
        raise ValueError(
            _("No rater is called %(who)s: give a rater's code, e-mail address or ID of the recruiting site.")
            % {"who": repr(who)}
        )
    for rater in found:
        if rater.user and rater.user.plans_studies:
            raise ValueError(
                _("%(who)s plans studies: make them a rater on the page People first.") % {"who": repr(who)}
            )
    return found
