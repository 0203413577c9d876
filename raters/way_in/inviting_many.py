"""Many invitations from a table: each line of a CSV file becomes a link of its own, all of them or none."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from raters.models import Study
from raters.way_in.inviting import invite

COLUMNS = ("email", "label")
MOST = 1000
LONGEST_LABEL = 200


class TableError(ValueError):
    """What is wrong with the table, line by line."""


@dataclass(frozen=True)
class Invited:
    """One line of the table and its link's token, which is kept nowhere."""

    email: str
    label: str
    token: str


def read_table(text: str) -> list[dict[str, str]]:
    """The lines of a table with a column `email` and, if wanted, `label`. Raises: TableError naming every bad line."""
    # newline=None: each of the line ends that spreadsheets write is one.
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=None), skipinitialspace=True)
    names = [name.strip().lower() for name in reader.fieldnames or []]
    if sorted(names) not in (["email"], sorted(COLUMNS)):
        raise TableError(_("Line 1: the columns are email and, if wanted, label."))
    reader.fieldnames = names
    rows, problems, seen = [], [], dict[str, int]()
    for row in reader:
        if wrong := _wrong(row, seen, reader.line_num):
            problems.append(_("Line %(n)s: %(what)s") % {"n": reader.line_num, "what": wrong})
        rows.append({name: (row.get(name) or "").strip() for name in COLUMNS})
    if not rows:
        problems.append(_("The table has no line below its head."))
    if len(rows) > MOST:
        problems.append(_("%(n)s lines: at most %(most)s at a time.") % {"n": len(rows), "most": MOST})
    if problems:
        raise TableError("\n".join(problems))
    return rows


@transaction.atomic
def invite_many(
    study: Study, rows: list[dict[str, str]], days: int = 14, actor: AbstractBaseUser | None = None
) -> list[Invited]:
    """A link for one rater for each row. Addresses are not kept: who rates is known by a code alone."""
    return [
        Invited(row["email"], row["label"], invite(study, label=row["label"], days=days, actor=actor))
        for row in rows
    ]


def _wrong(row: dict[str | None, str], seen: dict[str, int], line: int) -> str:
    return next(_problems(row, seen, line), "")


def _problems(row: dict[str | None, str], seen: dict[str, int], line: int) -> Iterator[str]:
    if None in row:
        yield _("more cells than the head has columns.")
    email = (row.get("email") or "").strip()
    try:
        validate_email(email)
    except ValidationError:
        yield _("“%(email)s” is no e-mail address.") % {"email": email[:LONGEST_LABEL]}
    if (before := seen.setdefault(email.lower(), line)) != line:
        yield _("%(email)s stands in line %(n)s already.") % {"email": email, "n": before}
    if len(row.get("label") or "") > LONGEST_LABEL:
        yield _("the label is longer than %(most)s characters.") % {"most": LONGEST_LABEL}
    if "\0" in (row.get("label") or ""):
        yield _("the label holds U+0000, which is no text that can be stored.")
