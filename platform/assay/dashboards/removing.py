"""The page on which something is archived or deleted: what depends on it is shown first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assay.accounts.requests import SignedInRequest
from generation.models import GenerationRun
from promptsets.removing import Dependent
from raters.models import Study


@dataclass(frozen=True)
class Removal:
    """What may be removed, by which functions, and what its page says of it."""

    row: Any
    back: str  # the list it stands in
    archive: Callable[..., None]
    delete: Callable[..., None]
    dependents: list[Dependent]
    goes_with_it: str
    kept_for: str = ""  # why it is never deleted, whatever depends on it

    @property
    def may_be_deleted(self) -> bool:
        return not self.dependents and not self.kept_for


def remove(request: SignedInRequest, removal: Removal) -> HttpResponse:
    """The page, and the act that is asked for on it; what is refused is said on the page, and changes nothing."""
    removal = replace(removal, dependents=[named_to(request.user, one) for one in removal.dependents])
    act, name = request.POST.get("act"), str(removal.row)
    if act in ("archive", "bring_back", "delete"):
        try:
            if act == "delete":
                removal.delete(removal.row, request.user)
            else:
                removal.archive(removal.row, archived=act == "archive", actor=request.user)
        except ValueError as error:
            messages.error(request, str(error))
        else:
            if act == "delete":
                messages.info(request, _("%(name)s is deleted.") % {"name": name})
            return redirect(removal.back)
    return render(request, "dashboards/remove.html", {"removal": removal}, status=422 if act else 200)


def named_to(user: Any, one: Dependent) -> Dependent:
    """Runs, and the studies that this person may know of; all else is counted: an arm would tell which part it has."""
    rows = one.rows
    if rows.model is Study:
        rows = rows.filter(pk__in=Study.objects.for_user(user).values("pk"))
    elif rows.model is not GenerationRun:
        rows = rows.none()
    return replace(one, rows=rows)
