"""One rater as a person: the rater, their parts in studies, and by what they sign in."""

from dataclasses import dataclass

from assay.accounts.models import User
from raters.models import Enrolment, Rater
from raters.models.people import new_code


@dataclass(frozen=True)
class Person:
    """`user` is empty for somebody who never signed in."""

    rater: Rater
    parts: list[Enrolment]
    user: User | None

    @classmethod
    def locked(cls, rater: Rater) -> "Person":
        """Held until the transaction ends, by the lock that each step of a rater takes first (raters/judging.py).

        What a rater sends at this very moment is stored before, or comes too late.
        """
        parts = Enrolment.objects.select_for_update(of=("self",)).filter(rater=rater).order_by("pk")
        held = list(parts.select_related("study"))
        found = Rater.objects.select_related("user").get(pk=rater.pk)
        for part in held:
            part.rater = found
        return cls(found, held, found.user)

    def rename(self) -> None:
        """Another code, which nobody knows to be the earlier one; whatever rater and browser held is worth nothing."""
        self.rater.code, self.rater.return_code_sha256, self.rater.preferences = new_code(), "", {}
        self.rater.save(update_fields=["code", "return_code_sha256", "preferences"])
        if self.user:
            self.user.username = self.rater.code.lower()
            self.user.email = self.user.first_name = self.user.last_name = ""
            self.user.is_active, self.user.last_login = False, None
            self.user.set_unusable_password()
            self.user.save()
