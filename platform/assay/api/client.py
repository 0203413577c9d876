"""A client of the API for programs: typed answers, retries that are safe, refusals as exceptions.

    with AssayClient("https://assay.example.org", token) as assay:
        run = assay.start_run("ours-2b", "everyday")
        assay.wait_for_run(run["id"])

Reading is tried again when the server is busy or away; writing too, since each carries an idempotency key of its own.
The modules `client…` need httpx alone. `python -m assay.api.client --help` is the same for shells.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from assay.api.client_answers import AssayError, NotWholeError, failures
from assay.api.client_asking import Asking
from assay.api.client_shapes import (
    AuditEvent,
    Checkpoint,
    Counted,
    Draft,
    Estimate,
    Export,
    Groups,
    Person,
    Power,
    Progress,
    Quality,
    Registration,
    Report,
    Rubric,
    Run,
    Study,
    StudyProgress,
    Template,
    Verdict,
)

__all__ = ["AssayClient", "AssayError", "NotWholeError"]


class AssayClient(Asking):
    """What pipelines do, by name. What has no name here is asked by `get`, `post`, `put`, `upload` and `pages`."""

    def upload_prompts(self, file: Path, *, slug: str | None = None, dry_run: bool = False) -> dict[str, Any]:
        told = self.upload("/prompt-sets", file, slug=slug, dry_run=str(dry_run).lower())
        return cast("dict[str, Any]", told)

    def register_checkpoint(
        self, name: str, uri: str, *, dry_run: bool = False, **options: Any
    ) -> Checkpoint:
        """The checkpoint, or with `dry_run` what is known of the one that it would be; a folder is waited for, since a
        worker has to read it. Raises: NotWholeError if refused."""
        path = "/checkpoints?dry_run=true" if dry_run else "/checkpoints"
        made = self.post(path, {"name": name, "uri": uri, **options})
        return self._registered(made) if "checkpoint" in made else cast("Checkpoint", made)

    def import_responses(
        self, file: Path, prompt_set: str, checkpoint: str, *, dry_run: bool = False
    ) -> dict[str, Any]:
        query = {"prompt_set": prompt_set, "checkpoint": checkpoint, "dry_run": str(dry_run).lower()}
        return cast("dict[str, Any]", self.upload("/checkpoints/responses", file, **query))

    def import_results(self, file: Path, checkpoint: str, *, dry_run: bool = False) -> dict[str, Any]:
        """A results_*.json of lm-evaluation-harness, kept with the checkpoint of that name as automatic."""
        known = self.get("/checkpoints", name=checkpoint)["items"]
        if not known:
            raise NotWholeError(f"there is no checkpoint {checkpoint!r}: register it first")
        path = f"/checkpoints/{known[0]['id']}/results"
        return cast("dict[str, Any]", self.upload(path, file, dry_run=str(dry_run).lower()))

    def import_study(self, file: Path, **options: Any) -> dict[str, Any]:
        """A file of judged pairs as a finished study. options: slug, title, format, baseline, leave_out,
        dry_run."""
        query = {name: str(value).lower() if name == "dry_run" else value for name, value in options.items()}
        return cast("dict[str, Any]", self.upload("/studies/imports", file, **query))

    def start_run(self, checkpoint: str, prompt_set: str, **options: Any) -> Run:
        return cast(
            "Run", self.post("/runs", {"checkpoint": checkpoint, "prompt_set": prompt_set, **options})
        )

    def estimate_run(self, checkpoint: str, prompt_set: str, **options: Any) -> Estimate:
        """What `start_run` would take with the same arguments; nothing is made."""
        asked = {"checkpoint": checkpoint, "prompt_set": prompt_set, **options}
        return cast("Estimate", self.post("/runs/estimate", asked))

    def wait_for_run(self, run: int, *, timeout_s: float = 86_400, every_s: float = 5) -> Progress:
        """The progress once all responses are there. Raises: NotWholeError if chunks failed or time is up."""
        for progress in self._looks(f"/runs/{run}/progress", timeout_s, every_s):
            if progress["run"]["present"] >= progress["run"]["wanted"]:
                return cast("Progress", progress)
            if not progress["under_way"]:
                raise NotWholeError(f"run {run} stands still: {failures(progress)}")
        raise NotWholeError(f"run {run} is not whole after {timeout_s:g} s")

    def power(self, prompt_set: str | None = None, **design: Any) -> Power:
        """What a study of this design would tell and ask; `prompts` says how many where there is no prompt set."""
        return cast("Power", self.get("/power", prompt_set=prompt_set, **design))

    def rubrics(self) -> list[Rubric]:
        return cast("list[Rubric]", self.get("/rubrics"))

    def templates(self) -> Iterator[Template]:
        return self.pages("/study-templates")

    def make_study(self, candidate: int | None, baseline: int | None, **options: Any) -> Study:
        """A draft of two runs; of more, pass None and `candidates`, of those of the study that it `follows` None twice.

        options: such as rubric, template, settings.
        """
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

    def remove_prompt_set(self, slug: str, act: str = "archive") -> dict[str, Any]:
        """As `remove_run`."""
        return cast("dict[str, Any]", self.post(f"/prompt-sets/{slug}/remove", {"act": act}))

    def remove_study(self, slug: str, act: str = "archive") -> dict[str, Any]:
        """As `remove_run`; a study that collects is paused or finished first."""
        return cast("dict[str, Any]", self.post(f"/studies/{slug}/remove", {"act": act}))

    def lock_study(self, slug: str) -> Study:
        return cast("Study", self.post(f"/studies/{slug}/lock"))

    def study_progress(self, slug: str) -> StudyProgress:
        """How far raters have come, and how the study is doing."""
        return cast("StudyProgress", self.get(f"/studies/{slug}/progress"))

    def check_draft(self, slug: str) -> Draft:
        """What keeps a draft from being locked, or is worth a look before it is."""
        return cast("Draft", self.get(f"/studies/{slug}/draft"))

    def prompts(self, slug: str, number: int, /, **filters: Any) -> Iterator[dict[str, Any]]:
        """Those of a version that fit the filters, such as category."""
        return self.pages(f"/prompt-sets/{slug}/versions/{number}/prompts", **filters)

    def responses(self, run: int, /, **filters: Any) -> Iterator[dict[str, Any]]:
        """Those that fit the filters, such as status; without any every place, filled or not."""
        return self.pages(f"/runs/{run}/responses", **filters)

    def people(self) -> Iterator[Person]:
        """Who signs in by name. This and what follows is for tokens of administrators."""
        return self.pages("/people")

    def invite_person(self, email: str, role: str) -> dict[str, Any]:
        """An invitation and its link, which is told this once and is yours to send."""
        return cast("dict[str, Any]", self.post("/people/invitations", {"email": email, "role": role}))

    def audit(self, **filters: Any) -> Iterator[AuditEvent]:
        """The audit log, the oldest first. filters: who, action, target, since, until."""
        return self.pages("/audit", **filters)

    def comparisons(self, study: str, /, **filters: Any) -> Iterator[Counted]:
        """Those that count in the headline, or in the number `counted`, each with all votes, as far as filters fit."""
        return self.pages(f"/studies/{study}/results/comparisons", **filters)

    def quality(self, study: str) -> Quality:
        """What rests on one rater, and whether sides and order could have told anything."""
        return cast("Quality", self.get(f"/studies/{study}/quality"))

    def groups(self, study: str) -> list[Groups]:
        """Rates by raters' own words about themselves; empty until the study is closed."""
        return cast("list[Groups]", self.get(f"/studies/{study}/results/groups"))

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

    def _registered(self, asked: Registration) -> Checkpoint:
        for look in self._looks(f"/registrations/{asked['id']}", 86_400, 2):
            if look["status"] == "done":
                return cast("Checkpoint", look["checkpoint"])
            if look["status"] == "seen":
                return cast("Checkpoint", {"id": None, "name": asked["name"], **look["found"]})
            if look["status"] == "refused":
                raise NotWholeError(look["reason"])
        raise NotWholeError(f"{asked['name']} was not registered within a day: does a worker run?")


if __name__ == "__main__":
    from assay.api.client_commands import main

    sys.exit(main(sys.argv[1:], os.environ))
