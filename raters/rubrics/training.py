"""What a rubric trains raters with: check questions and practice pairs, and their words in further languages."""

from typing import Any

from django.core.exceptions import ValidationError

from raters.studies.languages import LANGUAGES

STEPS = ("check", "practice")
TRANSLATED = {"check": ("question", "choices"), "practice": ("prompt", "a", "b", "reason")}
VERDICTS = ("a", "b", "tie")

Lesson = dict[str, Any]


def lessons(training: dict[str, Any], step: str, language: str) -> tuple[list[Lesson], bool]:
    """The questions or pairs of that step, and whether they are in that language or as first written.

    A translation holds words alone: which answer is right stands in one place for all languages.
    """
    written = training.get(step, [])
    words = training.get("translations", {}).get(language, {}).get(step)
    if not words:
        return written, False
    return [{**one, **said} for one, said in zip(written, words, strict=True)], True


def known_training(training: Any) -> None:
    """Raises: ValidationError, saying where, for anything but questions and pairs that a page can ask."""
    if not isinstance(training, dict) or not set(training) <= {*STEPS, "translations"}:
        raise ValidationError("Training holds check, practice and translations, and nothing else.")
    for step in STEPS:
        for number, one in enumerate(listed(training.get(step, []), step), start=1):
            known_lesson(one, step, f"{step} {number}")
            known_answer(one, step, f"{step} {number}")
    translations = training.get("translations", {})
    if not isinstance(translations, dict) or not set(translations) <= {code for code, _name in LANGUAGES}:
        raise ValidationError("Translations stand by the code of a language that raters' pages speak.")
    for code, steps in translations.items():
        known_translation(steps, training, code)


def listed(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValidationError(f"{where} is a list.")
    return value


def known_lesson(one: Any, step: str, where: str) -> None:
    """Whether its words are there: texts, and two choices or more."""
    for name in TRANSLATED[step]:
        words = one.get(name) if isinstance(one, dict) else None
        texts = words if name == "choices" and isinstance(words, list) and len(words) > 1 else [words]
        if not all(isinstance(text, str) and text.strip() for text in texts):
            wanted = "two choices or more" if name == "choices" else f"a text as its {name}"
            raise ValidationError(f"{where} wants {wanted}.")


def known_answer(one: Lesson, step: str, where: str) -> None:
    if step == "practice" and one.get("verdict") not in VERDICTS:
        raise ValidationError(f"{where} wants a verdict: {', '.join(VERDICTS)}.")
    right = one.get("right")
    if step == "check" and (type(right) is not int or not 0 <= right < len(one["choices"])):
        raise ValidationError(f"{where} wants the place of the right choice, counted from 0.")


def known_translation(steps: Any, training: dict[str, Any], code: str) -> None:
    """Whether it says the same questions and pairs, one for one, with as many choices."""
    if not isinstance(steps, dict) or not set(steps) <= set(STEPS):
        raise ValidationError(f"{code} holds check and practice, and nothing else.")
    for step, words in steps.items():
        written = training.get(step, [])
        if len(listed(words, f"{step} in {code}")) != len(written):
            raise ValidationError(
                f"{step} in {code} has {len(words)} entries, and {len(written)} are written."
            )
        for number, (one, said) in enumerate(zip(written, words, strict=True), start=1):
            known_lesson(said, step, f"{step} {number} in {code}")
            if extra := set(said) - set(TRANSLATED[step]):
                raise ValidationError(f"{step} {number} in {code} holds words alone, not {', '.join(extra)}.")
            if step == "check" and len(said["choices"]) != len(one["choices"]):
                raise ValidationError(f"{step} {number} in {code} wants {len(one['choices'])} choices.")
