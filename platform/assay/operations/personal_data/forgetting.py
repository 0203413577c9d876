"""Removes what tells who a rater is. What they judged stays, under a new code, so that no figure changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assay.accounts.models import User
from assay.operations.personal_data import account_traces as account
from assay.operations.personal_data import rating_traces as rating
from assay.operations.personal_data.finding import raters_called
from assay.operations.personal_data.person import Person
from promptsets.audit import audited
from promptsets.trying import tried
from raters.models import Rater

# What is removed, in this order: answers that hang on a part in a study go before the part is emptied.
TRACES: Mapping[Any, Callable[[Person], int]] = {
    _("comparisons on their screen, which others get"): rating.places_held,
    _("comments on judgments"): rating.words_on_judgments,
    _("sizes of windows"): rating.sizes_of_windows,
    _("drafts and reasons for skipping"): rating.reasons_and_drafts,
    _("messages to the team, with replies"): rating.messages,
    _("answers about themselves"): rating.declared_answers,
    _("labels of their own invitations"): rating.invitations,
    _("parts in studies: IDs of recruiting sites, codes, hazards declined"): rating.parts_in_studies,
    _("kept figures of their studies' raters, which are worked out anew"): rating.kept_figures,
    _("exported files, which can be made anew"): rating.exported_files,
    _("sessions"): account.sessions,
    _("e-mail addresses, second factors, tokens"): account.ways_to_sign_in,
    _("invitations by e-mail"): account.invitations_by_mail,
    _("entries of the audit log: names, addresses, reasons"): account.audit_entries,
    _("entries of the administration's log"): account.administration_log,
}


@dataclass(frozen=True)
class Forgotten:
    """The rater's code before and after, and of how many rows of each kind something was taken."""

    was: str
    code: str
    removed: dict[Any, int]

    @property
    def rows(self) -> list[tuple[Any, int]]:
        """Kinds of which there was something."""
        return [(what, rows) for what, rows in self.removed.items() if rows]


@transaction.atomic
def forget(who: str, actor: User | None = None) -> list[Forgotten]:
    """Forgets all raters who are this person; doing it again does no harm. Raises: ValueError as `raters_called`."""
    return [_forget(rater, actor) for rater in raters_called(who)]


def would_forget(who: str) -> list[Forgotten]:
    """What `forget` would take."""
    return tried(lambda: forget(who))


def _forget(rater: Rater, actor: User | None) -> Forgotten:
    """Random: the new code."""
    person = Person.locked(rater)
    was = person.rater.code
    person.rename()
    removed = {what: take(person) for what, take in TRACES.items()}
    detail = {"rows": sum(removed.values())}
    audited.send(Rater, actor=actor, action="rater.forgotten", target=person.rater, detail=detail)
    return Forgotten(was, person.rater.code, removed)
