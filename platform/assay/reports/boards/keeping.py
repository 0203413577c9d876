"""Keeps every reader's leaderboards as new as the reports of their studies, and none that nobody may read."""

import logging
from datetime import timedelta

from django.utils import timezone

from assay.reports.boards.scopes import Scope, all_scopes
from assay.reports.boards.writing import content_of
from assay.reports.models import Board

logger = logging.getLogger(__name__)
A_WHILE = timedelta(minutes=1)  # while judgments come in, reports change every few seconds


def refresh_boards() -> int:
    """Writes what newer reports have made old, or nobody has written yet; how many. One that fails stops no other."""
    wanted = list(all_scopes())
    forget_all_but(wanted)
    written = 0
    for scope in wanted:
        try:
            written += refresh_board(scope)
        except Exception:
            logger.exception("No leaderboard could be written of %s", scope.version)
    return written


def forget_all_but(wanted: list[Scope]) -> None:
    keys = {tuple(scope.key.values()) for scope in wanted}
    stored = Board.objects.values_list("pk", "prompt_set_version_id", "simulated", "studies_sha256")
    gone = [pk for pk, *key in stored if tuple(key) not in keys]
    Board.objects.filter(pk__in=gone).delete()


def refresh_board(scope: Scope) -> bool:
    """Whether it was written anew."""
    board = scope.board()
    if board and (scope.is_newest(board) or board.made_at > timezone.now() - A_WHILE):
        return False
    said = {"made_from": scope.reports, "made_at": timezone.now(), "content": content_of(scope)}
    Board.objects.update_or_create(defaults=said, **scope.key)
    return True
