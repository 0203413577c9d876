"""One line of the log for one thing that happened, as JSON or as text, with the ids of what it was about."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from generation.log_context import current

FORMATS = ("json", "text")


class JsonFormatter(logging.Formatter):
    """A JSON object: at, level, logger, message, the ids, what the caller put into `facts`, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **facts_of(record),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """For people at a terminal: the same, in brackets behind the message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's own name
        facts = " ".join(f"{name}={value}" for name, value in facts_of(record).items())
        return super().formatMessage(record) + (f" [{facts}]" if facts else "")


class NoAddress(logging.Filter):
    """Takes the address, which may hold a token, out of what Django says of a request: it comes last."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and record.args:
            record.args = (*record.args[:-1], "(its page is in the request's own line)")
        return True


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    return {**current(), **getattr(record, "facts", {})}


def logging_of(format_: str, level: str) -> dict[str, Any]:
    """Python's configuration of logging: our own loggers and Celery's from that level on, all others' warnings."""
    formatter = f"assay.operations.logs.{'JsonFormatter' if format_ == 'json' else 'TextFormatter'}"
    ours = ("assay", "generation", "raters", "promptsets", "celery")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "filters": {"no_address": {"()": "assay.operations.logs.NoAddress"}},
        "handlers": {"errors": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["errors"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.request": {"level": "ERROR", "filters": ["no_address"]},  # the rest is in our own lines
            "django.security.csrf": {"filters": ["no_address"]},
            **{name: {"level": level} for name in ours},
        },
    }
