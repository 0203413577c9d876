"""A client of the API for programs: typed answers, retries that are safe, refusals as exceptions.

    with AssayClient("https://assay.example.org", token) as assay:
        run = assay.start_run("ours-2b", "everyday")
        assay.wait_for_run(run["id"])

Reading is tried again when the server is busy or away; writing too, since each carries an idempotency key of its own.
This and its shapes need httpx alone. `python -m assay.api.client --help` is the same for shells.
"""

import os
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import httpx

from assay.api.client_shapes import Checkpoint, Export, Progress, Registration, Report, Run, Study, Verdict

BUSY = {429, 502, 503, 504}
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0


class AssayError(Exception):
    """The server refused. `status` and `problem` hold its answer; the text says where and what would be right."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status, self.problem = status, problem
        super().__init__(f"{status}: {problem.get('detail') or problem.get('title') or 'no reason given'}")


class NotWholeError(Exception):
    """What was waited for has failed, or did not come in time."""


@dataclass
class AssayClient:
    """One site, one token. `tries`: of each request, while the server is busy or cannot be reached."""

    url: str
    token: str
    tries: int = 6
    timeout_s: float = 60
    sleep: Callable[[float], None] = time.sleep
    chance: random.Random = field(default_factory=random.Random)
    transport: httpx.BaseTransport | None = None

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            base_url=self.url.rstrip("/") + "/api/v1",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=self.timeout_s,
            transport=self.transport,
        )

    def __enter__(self) -> "AssayClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._http.close()

    # ── The ways to ask ──────────────────────────────────────────────────────────────────────────────────────
    def get(self, path: str, **query: Any) -> Any:
        return self._request(
            "GET", path, params={key: value for key, value in query.items() if value is not None}
        )

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> Any:
        """key: the idempotency key, by default a new one: give your own to make a repeat by another process safe."""
        return self._request("POST", path, json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())})

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._request("PUT", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})

    def upload(self, path: str, file: Path, *, key: str | None = None, **query: Any) -> Any:
        sent = {"file": (file.name, file.read_bytes())}
        params = {name: value for name, value in query.items() if value is not None}
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self._request("POST", path, params=params, files=sent, headers=headers)

    def pages(self, path: str, **query: Any) -> Iterator[Any]:
        """Every item of a list, page by page."""
        after: str | None = None
        while True:
            page = self.get(path, after=after, **query)
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    # ── What pipelines do ─────────────────────────────────────────────────────────────────────────────────────
    def upload_prompts(self, file: Path, *, slug: str | None = None, dry_run: bool = False) -> dict[str, Any]:
        told = self.upload("/prompt-sets", file, slug=slug, dry_run=str(dry_run).lower())
        return cast("dict[str, Any]", told)

    def register_checkpoint(self, name: str, uri: str, **options: Any) -> Checkpoint:
        """The checkpoint; a folder is waited for, since a worker has to read it. Raises: NotWholeError if refused."""
        made = self.post("/checkpoints", {"name": name, "uri": uri, **options})
        return self._registered(made) if "checkpoint" in made else cast("Checkpoint", made)

    def import_responses(self, file: Path, prompt_set: str, checkpoint: str) -> dict[str, Any]:
        told = self.upload("/checkpoints/responses", file, prompt_set=prompt_set, checkpoint=checkpoint)
        return cast("dict[str, Any]", told)

    def import_results(self, file: Path, checkpoint: str) -> dict[str, Any]:
        """A results_*.json of lm-evaluation-harness, kept with the checkpoint of that name as automatic."""
        known = self.get("/checkpoints", name=checkpoint)["items"]
        if not known:
            raise NotWholeError(f"there is no checkpoint {checkpoint!r}: register it first")
        return cast("dict[str, Any]", self.upload(f"/checkpoints/{known[0]['id']}/results", file))

    def start_run(self, checkpoint: str, prompt_set: str, **options: Any) -> Run:
        return cast(
            "Run", self.post("/runs", {"checkpoint": checkpoint, "prompt_set": prompt_set, **options})
        )

    def wait_for_run(self, run: int, *, timeout_s: float = 86_400, every_s: float = 5) -> Progress:
        """The progress once all responses are there. Raises: NotWholeError if chunks failed or time is up."""
        for progress in self._looks(f"/runs/{run}/progress", timeout_s, every_s):
            if progress["run"]["present"] >= progress["run"]["wanted"]:
                return cast("Progress", progress)
            if not progress["under_way"]:
                raise NotWholeError(f"run {run} stands still: {failures(progress)}")
        raise NotWholeError(f"run {run} is not whole after {timeout_s:g} s")

    def make_study(self, candidate: int, baseline: int, **options: Any) -> Study:
        """A draft of two runs."""
        return cast("Study", self.post("/studies", {"candidate": candidate, "baseline": baseline, **options}))

    def copy_study(self, study: str, name: str, way: str = "duplicate") -> dict[str, Any]:
        """way: duplicate, version or template."""
        told = self.post(f"/studies/{study}/copies", {"way": way, "name": name})
        return cast("dict[str, Any]", told)

    def remove_run(self, run: int, act: str = "archive") -> dict[str, Any]:
        """act: archive, bring_back or delete. Raises: AssayError if something depends on what should be deleted."""
        return cast("dict[str, Any]", self.post(f"/runs/{run}/remove", {"act": act}))

    def remove_checkpoint(self, checkpoint: int, act: str = "archive") -> dict[str, Any]:
        """As `remove_run`."""
        return cast("dict[str, Any]", self.post(f"/checkpoints/{checkpoint}/remove", {"act": act}))

    def lock_study(self, slug: str) -> Study:
        return cast("Study", self.post(f"/studies/{slug}/lock"))

    def write_report(self, study: str, *, timeout_s: float = 3600, every_s: float = 2) -> Report:
        """A new report, once a worker has written it. Raises: NotWholeError if none could be written."""
        asked = self.post(f"/studies/{study}/reports")
        for look in self._looks(f"/report-requests/{asked['id']}", timeout_s, every_s):
            if look["report"] is not None:
                return cast("Report", self.get(f"/reports/{look['report']}"))
            if look["reason"]:
                raise NotWholeError(look["reason"])
        raise NotWholeError(f"no report of {study} after {timeout_s:g} s")

    def verdict(self, checkpoint: str, plan: str | None = None) -> Verdict:
        return cast("Verdict", self.get("/verdicts", checkpoint=checkpoint, plan=plan))

    def wait_for_verdict(
        self, checkpoint: str, plan: str | None = None, *, timeout_s: float = 7 * 86_400, every_s: float = 10
    ) -> Verdict:
        """The verdict; "not finished" once time is up. Raises: AssayError if there can be none."""
        for look in self._looks("/verdicts", timeout_s, every_s, checkpoint=checkpoint, plan=plan):
            verdict = cast("Verdict", look)
            if verdict["answer"] != "not finished":
                break
        return verdict

    def export(self, study: str, kind: str, format_: str, to: Path, **filters: Any) -> Export:
        """Has the file made, waits, and writes it to `to`. Raises: NotWholeError if it could not be made."""
        asked = self.post(f"/studies/{study}/exports", {"kind": kind, "format": format_, "filters": filters})
        for look in self._looks(f"/exports/{asked['token']}", 86_400, 1):
            if look["status"] == "done":
                self._download(f"/exports/{asked['token']}/file", to)
                return cast("Export", look)
            if look["status"] not in ("queued", "working"):
                raise NotWholeError(look["error"] or f"the export is {look['status']}")
        raise NotWholeError("the export was not made within a day: does a worker run?")

    def _download(self, path: str, to: Path) -> None:
        with self._http.stream("GET", path) as answer, to.open("wb") as file:
            if not answer.is_success:
                answer.read()
                content_of(answer)
            for block in answer.iter_bytes():
                file.write(block)

    def _registered(self, asked: Registration) -> Checkpoint:
        for look in self._looks(f"/registrations/{asked['id']}", 86_400, 2):
            if look["status"] == "done":
                return cast("Checkpoint", look["checkpoint"])
            if look["status"] == "refused":
                raise NotWholeError(look["reason"])
        raise NotWholeError(f"{asked['name']} was not registered within a day: does a worker run?")

    def _looks(self, path: str, timeout_s: float, every_s: float, **query: Any) -> Iterator[Any]:
        """Looks again and again until time is up; the first at once."""
        ends = time.monotonic() + timeout_s
        while True:
            yield self.get(path, **query)
            if time.monotonic() + every_s > ends:
                return
            self.sleep(every_s)

    def _request(self, method: str, path: str, **sent: Any) -> Any:
        for tried in range(1, self.tries + 1):
            try:
                answer = self._http.request(method, path, **sent)
            except httpx.TransportError:
                if tried == self.tries:
                    raise
                self.sleep(self._wait_s(tried, ""))
                continue
            if answer.status_code not in BUSY or tried == self.tries:
                return content_of(answer)
            self.sleep(self._wait_s(tried, answer.headers.get("Retry-After", "")))
        raise ValueError("tries must be at least 1")

    def _wait_s(self, tried: int, retry_after: str) -> float:
        """As long as the server asks, else twice as long each time; then up to as much again by chance."""
        asked = float(retry_after) if retry_after.isdecimal() else 0.0
        doubled = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (tried - 1))
        return asked + self.chance.uniform(0, doubled) if asked else self.chance.uniform(doubled / 2, doubled)


def content_of(answer: httpx.Response) -> Any:
    """Raises: AssayError for any answer but a success."""
    is_json = "json" in answer.headers.get("Content-Type", "")
    if answer.is_success:
        return answer.json()
    raise AssayError(answer.status_code, answer.json() if is_json else {"title": answer.reason_phrase})


def failures(progress: dict[str, Any]) -> str:
    return "; ".join(sorted({one["error"] for one in progress["failures"]})) or "nothing is queued"


if __name__ == "__main__":
    from assay.api.client_commands import main

    sys.exit(main(sys.argv[1:], os.environ))
