"""What the client makes of an answer: its content, or an exception that says what is wrong."""

from typing import Any

import httpx


class AssayError(Exception):
    """The server refused. `status` and `problem` hold its answer; the text says where and what would be right."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status, self.problem = status, problem
        super().__init__(f"{status}: {problem.get('detail') or problem.get('title') or 'no reason given'}")


class NotWholeError(Exception):
    """What was waited for has failed, or did not come in time."""


def content_of(answer: httpx.Response) -> Any:
    """Raises: AssayError for any answer but a success."""
    is_json = "json" in answer.headers.get("Content-Type", "")
    if answer.is_success:
        return answer.json()
    raise AssayError(answer.status_code, answer.json() if is_json else {"title": answer.reason_phrase})


def failures(progress: dict[str, Any]) -> str:
    return "; ".join(sorted({one["error"] for one in progress["failures"]})) or "nothing is queued"
