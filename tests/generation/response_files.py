"""Rows of response files in each format, made up, and the prompts that they answer."""

import json

from promptsets.digests import text_digest
from promptsets.models import Prompt, PromptSet, PromptSetVersion

BIRDS = ("Name a bird that dives.", "  Write one line about rain.\n", "What is 7 × 8?")


def version_of(texts: dict[str, list[str]], slug: str = "birds", number: int = 1) -> PromptSetVersion:
    found, _ = PromptSet.objects.get_or_create(slug=slug, kind="instruction", defaults={"title": slug})
    digest = text_digest([json.dumps(texts)])
    version = PromptSetVersion.objects.create(
        prompt_set=found, number=number, semver=f"{number}.0.0", content_sha256=digest, metadata_sha256=digest
    )
    for position, (key, turns) in enumerate(texts.items()):
        Prompt.objects.create(
            version=version,
            position=position,
            key=key,
            turns=turns,
            text_sha256=text_digest(turns),
            characters=sum(map(len, turns)),
        )
    return version


def alpaca(*outputs: str, texts=BIRDS) -> list[dict[str, str]]:
    return [
        {"instruction": text, "output": output, "generator": "heron"}
        for text, output in zip(texts, outputs, strict=False)
    ]


def response1(prompt_id: str, *turns: str, **fields) -> dict[str, object]:
    return {"schema": "response/1", "prompt_id": prompt_id, "turns": list(turns), **fields}


def answer(question: int, *choices: list[str]) -> dict[str, object]:
    made = [{"index": index, "turns": turns} for index, turns in enumerate(choices)]
    return {"question_id": question, "answer_id": "x", "model_id": "heron", "choices": made, "tstamp": 1.5}
