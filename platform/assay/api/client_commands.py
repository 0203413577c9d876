"""The client for shells and pipelines: each command prints one JSON document, or the reason on the error output.

Exit codes: 0 done, 1 refused or failed, 2 wrong arguments; of `verdict` also those of `manage.py verdict`.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from assay.api.client import AssayClient, AssayError, NotWholeError

URL, TOKEN = "ASSAY_URL", "ASSAY_TOKEN"


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    options = parser().parse_args(arguments)
    url, token = options.url or environment.get(URL, ""), environment.get(TOKEN, "")
    if not url or not token:
        print(f"Set {URL} (or give --url) and {TOKEN}.", file=sys.stderr)
        return 2
    try:
        with AssayClient(url, token) as client:
            told = COMMANDS[options.command](client, options)
    except (AssayError, NotWholeError, httpx.HTTPError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(json.dumps(told, indent=2))
    return int(told["exit_code"]) if options.command == "verdict" else 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m assay.api.client", description=__doc__)
    made.add_argument("--url", help=f"the site, such as https://assay.example.org (by default {URL})")
    commands = made.add_subparsers(dest="command", required=True)
    upload = commands.add_parser("upload-prompts", help="make a file a version of a prompt set")
    upload.add_argument("file", type=Path)
    upload.add_argument("--slug")
    upload.add_argument("--dry-run", action="store_true")
    register = commands.add_parser(
        "register-checkpoint", help="register a folder or an endpoint, and wait for it"
    )
    register.add_argument("name")
    register.add_argument("uri")
    register.add_argument("--series")
    register.add_argument("--step", type=int)
    register.add_argument("--licence")
    register.add_argument("--dtype")
    register.add_argument("--model")
    register.add_argument("--key-env")
    register.add_argument("--dry-run", action="store_true")
    respond = commands.add_parser("import-responses", help="import responses given elsewhere")
    respond.add_argument("file", type=Path)
    respond.add_argument("--prompt-set", required=True)
    respond.add_argument("--checkpoint", required=True)
    respond.add_argument("--dry-run", action="store_true")
    results = commands.add_parser("import-results", help="keep a file of automatic results with a checkpoint")
    results.add_argument("file", type=Path)
    results.add_argument("--checkpoint", required=True)
    results.add_argument("--dry-run", action="store_true")
    study = commands.add_parser("import-study", help="a file of judged pairs as a finished study")
    study.add_argument("file", type=Path)
    study.add_argument("--slug")
    study.add_argument("--title", default="")
    study.add_argument("--format", choices=["llm-comparator", "tulu-sheet"], default="llm-comparator")
    study.add_argument("--baseline", default="")
    study.add_argument("--leave-out", default="")
    study.add_argument("--dry-run", action="store_true")
    evaluate = commands.add_parser(
        "evaluate", help="run candidate and baseline, wait, and open a study for raters"
    )
    evaluate.add_argument("--prompt-set", required=True)
    evaluate.add_argument("--candidate", required=True)
    evaluate.add_argument("--baseline", required=True)
    evaluate.add_argument("--ratings", type=int, default=3)
    evaluate.add_argument("--max-new-tokens", type=int, default=256)
    evaluate.add_argument("--temperature", type=float, default=0.0)
    evaluate.add_argument("--seed", type=int, default=0)
    evaluate.add_argument("--slug")
    evaluate.add_argument("--timeout-s", type=float, default=86_400)
    for command in (add_estimate, add_power, add_progress, add_comparisons):
        command(commands)
    report = commands.add_parser("report", help="have a report written, and print it")
    report.add_argument("study")
    verdict = commands.add_parser("verdict", help="the verdict on a checkpoint, as an exit code, too")
    verdict.add_argument("checkpoint")
    verdict.add_argument("--plan", help="by this plan alone")
    verdict.add_argument("--wait", action="store_true")
    verdict.add_argument("--timeout-s", type=float, default=7 * 86_400)
    export = commands.add_parser("export", help="have a file of a study made, and fetch it")
    export.add_argument("study")
    export.add_argument("--kind", required=True)
    export.add_argument("--format", required=True)
    export.add_argument("--out", type=Path, required=True)
    get = commands.add_parser("get", help="print what an address answers, such as /studies")
    get.add_argument("path")
    return made


def add_estimate(commands: Any) -> None:
    estimate = commands.add_parser("estimate-run", help="what a run would take; nothing is made")
    estimate.add_argument("checkpoint")
    estimate.add_argument("--prompt-set", required=True)
    estimate.add_argument("--max-new-tokens", type=int, default=256)
    estimate.add_argument("--temperature", type=float, default=0.0)
    estimate.add_argument("--seed", type=int, default=0)
    estimate.add_argument("--samples", type=int, default=1)


def add_power(commands: Any) -> None:
    power = commands.add_parser("power", help="what a planned study would tell and ask of raters")
    power.add_argument("--prompt-set")
    for name in ("prompts", "candidates", "ratings", "pool"):
        power.add_argument(f"--{name}", type=int)
    power.add_argument("--margin", type=float, help="of a gate; a share")


def add_progress(commands: Any) -> None:
    progress = commands.add_parser("progress", help="how far a study has come, and how it is doing")
    progress.add_argument("study")


def add_comparisons(commands: Any) -> None:
    comparisons = commands.add_parser(
        "comparisons", help="what stands behind a study's numbers, with all votes"
    )
    comparisons.add_argument("study")
    comparisons.add_argument("filters", nargs="*", type=filter_of, metavar="FILTER=VALUE")


def filter_of(text: str) -> tuple[str, str]:
    name, is_one, value = text.partition("=")
    if not is_one:
        raise argparse.ArgumentTypeError(f"{text!r} is no filter: write it as outcome=first")
    return name, value


def upload_prompts(client: AssayClient, options: argparse.Namespace) -> Any:
    return client.upload_prompts(options.file, slug=options.slug, dry_run=options.dry_run)


def register_checkpoint(client: AssayClient, options: argparse.Namespace) -> Any:
    names = ("series", "step", "licence", "dtype", "model", "key_env")
    given = {name: value for name in names if (value := getattr(options, name)) is not None}
    return client.register_checkpoint(options.name, options.uri, dry_run=options.dry_run, **given)


def import_responses(client: AssayClient, options: argparse.Namespace) -> Any:
    names = (options.prompt_set, options.checkpoint)
    return client.import_responses(options.file, *names, dry_run=options.dry_run)


def import_results(client: AssayClient, options: argparse.Namespace) -> Any:
    return client.import_results(options.file, options.checkpoint, dry_run=options.dry_run)


def import_study(client: AssayClient, options: argparse.Namespace) -> Any:
    names = ("slug", "title", "format", "baseline", "leave_out", "dry_run")
    return client.import_study(options.file, **{name: getattr(options, name) for name in names})


def evaluate(client: AssayClient, options: argparse.Namespace) -> Any:
    runs = {role: run_of(client, getattr(options, role), options) for role in ("candidate", "baseline")}
    for run in runs.values():
        client.wait_for_run(run, timeout_s=options.timeout_s)
    named = {"slug": options.slug} if options.slug else {}
    study = client.make_study(runs["candidate"], runs["baseline"], ratings=options.ratings, **named)
    return client.lock_study(study["slug"])


def run_of(client: AssayClient, checkpoint: str, options: argparse.Namespace) -> int:
    """The run of imported responses where the checkpoint has one, else one that workers fill."""
    known = next(iter(client.get("/checkpoints", name=checkpoint)["items"]), None)
    if known and known["source"] == "imported":
        found = client.get("/runs", checkpoint=checkpoint, prompt_set=options.prompt_set)["items"]
        if not found:
            raise NotWholeError(f"{checkpoint} has no responses for {options.prompt_set}: import them first")
        return int(found[0]["id"])
    run = client.start_run(checkpoint, options.prompt_set, sampling=sampling_of(options), seed=options.seed)
    return run["id"]


def sampling_of(options: argparse.Namespace) -> dict[str, Any]:
    return {"max_new_tokens": options.max_new_tokens, "temperature": options.temperature}


def estimate_run(client: AssayClient, options: argparse.Namespace) -> Any:
    asked = {"sampling": sampling_of(options), "seed": options.seed, "samples": options.samples}
    return client.estimate_run(options.checkpoint, options.prompt_set, **asked)


def power(client: AssayClient, options: argparse.Namespace) -> Any:
    names = ("prompts", "candidates", "ratings", "pool", "margin")
    return client.power(options.prompt_set, **{name: getattr(options, name) for name in names})


def progress(client: AssayClient, options: argparse.Namespace) -> Any:
    return client.study_progress(options.study)


def comparisons(client: AssayClient, options: argparse.Namespace) -> Any:
    return list(client.comparisons(options.study, **dict(options.filters)))


def report(client: AssayClient, options: argparse.Namespace) -> Any:
    return client.write_report(options.study)


def verdict(client: AssayClient, options: argparse.Namespace) -> Any:
    if not options.wait:
        return client.verdict(options.checkpoint, options.plan)
    return client.wait_for_verdict(options.checkpoint, options.plan, timeout_s=options.timeout_s)


def export(client: AssayClient, options: argparse.Namespace) -> Any:
    return client.export(options.study, options.kind, options.format, options.out)


def get(client: AssayClient, options: argparse.Namespace) -> Any:
    return client.get(options.path)


COMMANDS = {
    "upload-prompts": upload_prompts,
    "register-checkpoint": register_checkpoint,
    "import-responses": import_responses,
    "import-results": import_results,
    "import-study": import_study,
    "estimate-run": estimate_run,
    "power": power,
    "evaluate": evaluate,
    "progress": progress,
    "comparisons": comparisons,
    "report": report,
    "verdict": verdict,
    "export": export,
    "get": get,
}
