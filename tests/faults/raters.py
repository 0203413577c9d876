"""Raters who do not give up: an answer is sent again, under its own key, until the server has said that it has it."""

import random
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException

from benchmarks.web.raters import CHOICE, CSRF, KEY, Browser, Refused

AGAIN_S, PATIENCE_S = 0.3, 180


@dataclass
class StubbornRater:
    """One signed-in person. `sent` holds what was acknowledged: the answer, by the page's own key."""

    port: int
    cookies: str
    first_page: str
    pace_s: float
    chance: random.Random
    sent: dict[str, str] = field(default_factory=dict)
    again: int = 0

    def __post_init__(self) -> None:
        self.browser = Browser(self.port, self.cookies)

    def work(self, over: threading.Event) -> None:
        page = self.until_it_works("GET", self.first_page)
        while not over.is_set() and (choices := CHOICE.findall(page)):
            found = [pattern.search(page) for pattern in (CSRF, KEY)]
            fields = {one.group(1): one.group(2) for one in found if one}
            fields["value"] = self.chance.choice(choices)
            page = self.until_it_works("POST", self.browser.path, fields)
            self.sent[fields["idempotency_key"]] = fields["value"]
            time.sleep(self.pace_s * self.chance.uniform(0.5, 1.5))

    def until_it_works(self, method: str, path: str, fields: dict[str, str] | None = None) -> str:
        """The page, whatever happens to the server meanwhile. Raises: TimeoutError if it stays away."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                return self.browser.post(path, fields) if fields else self.browser.get(path)
            except (Refused, OSError, HTTPException):
                self.again += 1
                self.browser = Browser(self.port, self.cookies)
                time.sleep(AGAIN_S)
        raise TimeoutError(f"{method} {path} found no server for {PATIENCE_S} s")
