"""Sends raters their links while the researcher waits: a mail that fails costs no link, and all have one time limit."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import monotonic

from django.core.mail import get_connection, send_mail
from django.utils.translation import gettext as _

from raters.models import Study

logger = logging.getLogger(__name__)

MOST = 50  # mails in one request; a longer table is sent in parts
LONGEST_S = 20.0  # for all of them, well within what a web server gives one request
ANSWER_S = 5  # for which a mail server may keep us waiting
LONGEST_TOLD = 200


@dataclass(frozen=True)
class Link:
    """A line's link, which is shown this once; `not_sent` says why it was not mailed, and is "" where it was."""

    email: str
    label: str
    address: str
    not_sent: str = ""


def send_all(study: Study, links: Iterable[Link]) -> Iterator[Link]:
    """Each by a mail of its own, as long as there is time."""
    until = monotonic() + LONGEST_S
    for link in links:
        told = _("there was no time left") if monotonic() > until else _send(study, link)
        yield Link(link.email, link.label, link.address, told)


def _send(study: Study, link: Link) -> str:
    """Why it could not be sent; "" once it is."""
    text = _("You are invited to compare answers. Open this link to begin; it is yours alone:")
    try:
        connection = get_connection(timeout=ANSWER_S)
        send_mail(study.rater_title, f"{text}\n\n{link.address}\n", None, [link.email], connection=connection)
    except Exception as error:  # noqa: BLE001  whatever a mail server does, the links are made and are to be shown
        # Its text may hold the address, which is kept nowhere.
        logger.warning("An invitation to %s could not be sent: %s", study.slug, type(error).__name__)
        return str(error)[:LONGEST_TOLD] or type(error).__name__
    return ""
