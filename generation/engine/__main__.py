"""The engine on the command line: `python -m generation.engine COMMAND`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from generation.engine.checkpoints.loading import describe_checkpoint
from generation.engine.checkpoints.weights import DTYPES
from generation.engine.compile_cache import use_compile_cache
from generation.engine.compile_report import compile_report, told
from generation.engine.generate_file import GenerateOptions, generate_file
from generation.engine.presets import PRESETS
from generation.engine.random_checkpoint import write_random_checkpoint
from generation.engine.sampling import CLOSE, SamplingParams
from generation.engine.targets import TARGETS

BAD_INPUT = 2  # as argparse has it for options it does not know


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0, or BAD_INPUT after one line on stderr that says what is wrong."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, FloatingPointError) as error:  # the latter of weights that are damaged
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m generation.engine", description="Generate with a checkpoint."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_generate(commands.add_parser("generate", help="write a response to every prompt of a file"))
    _add_describe(commands.add_parser("describe", help="say what a checkpoint folder holds"))
    _add_random(commands.add_parser("random-checkpoint", help="write a checkpoint with random weights"))
    _add_compile(commands.add_parser("compile-report", help="compile for an accelerator that is not here"))
    return parser


def _add_generate(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_run_generate)
    parser.add_argument("--checkpoint", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--prompts",
        type=Path,
        required=True,
        metavar="FILE.jsonl",
        help="rows: id and one of prompt, turns, token_ids",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl", help="must not exist yet")
    parser.add_argument(
        "--resume", action="store_true", help="go on with --out, if it exists: what is done stays as it is"
    )
    parser.add_argument(
        "--max-new-tokens", type=int, default=256, help="for each reply (default %(default)s)"
    )
    parser.add_argument("--temperature", type=float, default=0.0, help="0 is greedy (default %(default)s)")
    parser.add_argument("--top-k", type=int, default=0, help="0 draws from all tokens (default %(default)s)")
    parser.add_argument(
        "--top-p", type=float, default=1.0, help="1 draws from all tokens (default %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="each prompt derives its own from it and its id")
    parser.add_argument("--slots", type=int, default=64, help="sequences at a time (default %(default)s)")
    parser.add_argument("--dtype", choices=list(DTYPES), default="float32", help="default %(default)s")
    parser.add_argument(
        "--mesh",
        metavar="DATAxMODEL",
        help="spread over devices: DATA groups of slots, weights divided by MODEL; 1x4 divides them by four",
    )
    parser.add_argument(
        "--compile-cache", type=Path, metavar="DIR", help="keep compiled programs here for the next time"
    )


def _run_generate(options: argparse.Namespace) -> None:
    sampling = SamplingParams(options.temperature, options.top_k, options.top_p, options.seed)
    if options.max_new_tokens < 1:
        raise ValueError(f"--max-new-tokens is {options.max_new_tokens}; expected 1 or more")
    if options.compile_cache:
        use_compile_cache(options.compile_cache)
    counts = generate_file(
        GenerateOptions(
            checkpoint=options.checkpoint,
            prompts=options.prompts,
            out=options.out,
            max_new_tokens=options.max_new_tokens,
            sampling=sampling,
            slots=options.slots,
            dtype=options.dtype,
            mesh=options.mesh,
            resume=options.resume,
        )
    )
    print(f"{counts.texts} texts of {counts.tokens} tokens written to {options.out}", file=sys.stderr)
    if counts.close_calls:
        print(
            f"{counts.close_calls} tokens were chosen by less than {CLOSE:g}: with another number of slots, or on "
            "another device, these may turn out otherwise",
            file=sys.stderr,
        )


def _add_describe(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_run_describe)
    parser.add_argument("checkpoint", type=Path, metavar="DIR")


def _run_describe(options: argparse.Namespace) -> None:
    found = describe_checkpoint(options.checkpoint)
    stored = sorted({tensor.dtype for tensor in found.tensors.values()})
    tokenizer = f"{found.tokenizer.vocab_size} pieces" if found.tokenizer else "none: takes token ids only"
    lines = {
        "path": found.path,
        "family": found.family,
        "digest": found.digest,
        "licence": found.licence,
        "parameters": f"{found.parameter_count:,}",
        "stored as": ", ".join(stored),
        "weights files": len(found.folder.weights),
        "tokenizer": tokenizer,
        "chat format": found.chat_format,
        "stop ids": ", ".join(map(str, found.stop_ids)) or "none",
        "config": found.config,
    }
    for name, value in lines.items():
        print(f"{name + ':':15}{value}")


def _add_random(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_run_random)
    parser.add_argument("--preset", required=True, choices=list(PRESETS))
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="must not exist, or be empty")
    parser.add_argument("--seed", type=int, default=0, help="default %(default)s")
    parser.add_argument("--width", type=int, help="for tiny presets: another width")
    parser.add_argument(
        "--tokenizer-text", type=Path, metavar="FILE", help="for tiny presets: text to train a tokenizer on"
    )


def _run_random(options: argparse.Namespace) -> None:
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("writing weights", total=None)
        out = write_random_checkpoint(
            options.preset,
            options.out,
            seed=options.seed,
            tokenizer_text=options.tokenizer_text,
            width=options.width,
            on_tensor=lambda spec: progress.update(task, description=f"writing {spec.name}"),
        )
    print(f"written to {out}", file=sys.stderr)


def _add_compile(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_run_compile)
    parser.add_argument("--preset", required=True, choices=list(PRESETS))
    parser.add_argument("--target", required=True, choices=list(TARGETS))
    parser.add_argument("--slots", type=int, default=64, help="sequences at a time (default %(default)s)")
    parser.add_argument("--capacity", type=int, default=2048, help="tokens of each (default %(default)s)")
    parser.add_argument("--dtype", choices=list(DTYPES), help="by default as the preset is released")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def _run_compile(options: argparse.Namespace) -> None:
    report = compile_report(options.preset, options.target, options.slots, options.capacity, options.dtype)
    if options.json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        for name, value in told(report):
            print(f"{name + ':':30}{value}")
    if report.lack:  # for scripts, which go by the exit status
        raise ValueError(f"{report.asked_slots} slots are {report.lack}; the report is of {report.slots}")


if __name__ == "__main__":
    sys.exit(main())
