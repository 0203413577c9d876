"""Raters as the server sees them: signed in, each sending an answer at a steady pace with some jitter."""

import random
import re
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

CSRF = re.compile(r'name="(csrfmiddlewaretoken)" value="(\w+)"')
KEY = re.compile(r'name="(idempotency_key)" value="([\w-]+)"')
CHOICE = re.compile(r'<input type="radio" name="value" value="(\w+)"')
JITTER = 0.3


class Refused(Exception):  # noqa: N818  a finding, counted by whoever runs the rater
    """The server answered with what no rater should see."""


@dataclass
class Tally:
    """What happened to all raters together."""

    turns_ms: list[float] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)  # the keys of what was acknowledged
    errors: list[str] = field(default_factory=list)


@dataclass
class Browser:
    """One signed-in connection that keeps alive, follows redirects and knows where it is."""

    port: int
    cookies: str

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.headers = {
            "Cookie": self.cookies,
            "X-Forwarded-Proto": "https",
            "Referer": f"https://127.0.0.1:{self.port}/",
        }
        self.path = ""

    def get(self, path: str) -> str:
        return self.ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> str:
        return self.ask("POST", path, urlencode(fields))

    def ask(self, method: str, path: str, body: str | None = None) -> str:
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        while True:
            self.connection.request(method, path, body, {**self.headers, **form})
            answer = self.connection.getresponse()
            text = answer.read().decode()
            if answer.status not in {301, 302}:
                break
            method, path, body, form = "GET", answer.headers["Location"], None, {}
        if answer.status != 200:
            raise Refused(f"{answer.status} for {method} {path}")
        self.path = path
        return text


@dataclass
class PacedRater:
    """Answers what it is shown once every `pace_s` seconds, until time is up or nothing is left."""

    browser: Browser
    first_page: str
    pace_s: float
    tally: Tally
    chance: random.Random
    page: str = ""

    def work(self, seconds: float) -> None:
        begins = time.monotonic()
        due = begins + self.chance.random() * self.pace_s
        try:
            self.page = self.page or self.browser.get(self.first_page)
            while due < begins + seconds and (choices := CHOICE.findall(self.page)):
                time.sleep(max(0.0, due - time.monotonic()))
                self.turn(self.chance.choice(choices))
                due += self.pace_s * self.chance.uniform(1 - JITTER, 1 + JITTER)
        except (Refused, OSError, HTTPException) as error:
            self.tally.errors.append(f"{type(error).__name__}: {error}")

    def turn(self, value: str) -> None:
        """Sends one answer and waits for the next page."""
        fields = {"value": value, "tie_kind": "both_good", "active_ms": "60000"}
        for wanted in (CSRF, KEY):
            if found := wanted.search(self.page):
                fields[found.group(1)] = found.group(2)
        started = time.perf_counter()
        self.page = self.browser.post(self.browser.path, fields)
        self.tally.turns_ms.append((time.perf_counter() - started) * 1000)
        self.tally.sent.add(fields["idempotency_key"])


def all_at_work(raters: list[PacedRater], seconds: float) -> None:
    threads = [threading.Thread(target=rater.work, args=(seconds,)) for rater in raters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
