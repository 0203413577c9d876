"""The few questions that a study may ask raters about themselves: ready-made ones by name, or written out."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from raters.studies.languages import LANGUAGES

MOST_QUESTIONS, FEWEST_ANSWERS, MOST_ANSWERS = 3, 2, 12
LONGEST_KEY = 64  # that a row of what raters said holds


def _of(ask: str, *answers: str) -> dict[str, Any]:
    return {"ask": ask, "answers": list(answers)}


READY_MADE: dict[str, dict[str, Any]] = {
    "first_language": {
        "en": _of(
            "What is your first language?",
            "English",
            "German",
            "Spanish",
            "Japanese",
            "Portuguese",
            "Another",
        ),
        "de": _of(
            "Was ist Ihre Muttersprache?",
            "Englisch",
            "Deutsch",
            "Spanisch",
            "Japanisch",
            "Portugiesisch",
            "Eine andere",
        ),
        "es": _of(
            "¿Cuál es su lengua materna?", "Inglés", "Alemán", "Español", "Japonés", "Portugués", "Otra"
        ),
        "ja": _of("母語は何ですか。", "英語", "ドイツ語", "スペイン語", "日本語", "ポルトガル語", "その他"),
        "pt": _of(
            "Qual é a sua língua materna?", "Inglês", "Alemão", "Espanhol", "Japonês", "Português", "Outra"
        ),
    },
    "age": {
        "en": _of("How old are you?", "18 to 29", "30 to 44", "45 to 59", "60 or more"),
        "de": _of("Wie alt sind Sie?", "18 bis 29", "30 bis 44", "45 bis 59", "60 oder älter"),
        "es": _of("¿Qué edad tiene?", "De 18 a 29", "De 30 a 44", "De 45 a 59", "60 o más"),
        "ja": _of("年齢を教えてください。", "18~29歳", "30~44歳", "45~59歳", "60歳以上"),
        "pt": _of("Que idade tem?", "18 a 29", "30 a 44", "45 a 59", "60 ou mais"),
    },
    "field_of_work": {
        "en": _of(
            "In what field do you work?",
            "Science and engineering",
            "Health and care",
            "Education",
            "Business and administration",
            "Arts and media",
            "Another, or none",
        ),
        "de": _of(
            "In welchem Bereich arbeiten Sie?",
            "Wissenschaft und Technik",
            "Gesundheit und Pflege",
            "Bildung",
            "Wirtschaft und Verwaltung",
            "Kunst und Medien",
            "In einem anderen oder keinem",
        ),
        "es": _of(
            "¿En qué ámbito trabaja?",
            "Ciencia e ingeniería",
            "Salud y cuidados",
            "Educación",
            "Empresa y administración",
            "Artes y medios",
            "Otro, o ninguno",
        ),
        "ja": _of(
            "どの分野で働いていますか。",
            "科学・工学",
            "医療・介護",
            "教育",
            "経営・行政",
            "芸術・メディア",
            "その他、または働いていない",
        ),
        "pt": _of(
            "Em que área trabalha?",
            "Ciência e engenharia",
            "Saúde e cuidados",
            "Educação",
            "Gestão e administração",
            "Artes e média",
            "Outra, ou nenhuma",
        ),
    },
}


@dataclass(frozen=True)
class Question:
    """One question in one language. An answer is kept by its place, which is the same in every language."""

    key: str
    ask: str
    answers: tuple[str, ...]


def questions_in(about: list[Any], language: str) -> list[Question]:
    """The questions of a study, each in that language where it is written, else in the first of ours that it has."""
    return [_question(one, language) for one in about]


def _question(one: Any, language: str) -> Question:
    key, written = (one, READY_MADE[one]) if isinstance(one, str) else (one["key"], one)
    text = written.get(language) or next(written[code] for code, _ in LANGUAGES if code in written)
    return Question(key, text["ask"], tuple(text["answers"]))


def known_questions(about: Any) -> None:
    """Raises: ValidationError for anything but up to three questions, each ready-made or written out."""
    if not isinstance(about, list) or len(about) > MOST_QUESTIONS:
        raise ValidationError(f"A list of {MOST_QUESTIONS} questions at most.")
    for number, one in enumerate(about, start=1):
        if isinstance(one, str):
            _known_name(one)
        else:
            _written_out(one, f"Question {number}")
    keys = [one if isinstance(one, str) else one["key"] for one in about]
    if len(set(keys)) < len(keys):
        raise ValidationError("Each question has a key of its own.")


def _known_name(name: str) -> None:
    if name not in READY_MADE:
        raise ValidationError(f"{name} is no ready-made question; they are {', '.join(READY_MADE)}.")


def _written_out(one: Any, where: str) -> None:
    codes = [code for code, _ in LANGUAGES]
    key = one.get("key") if isinstance(one, dict) else None
    if not isinstance(key, str) or not key.isidentifier() or len(key) > LONGEST_KEY:
        told = f"is a ready-made name, or has a key of at most {LONGEST_KEY} letters, digits and _"
        raise ValidationError(f"{where} {told}.")
    written = {code: one[code] for code in codes if code in one}
    if not written or set(one) - {"key", *codes}:
        raise ValidationError(f"{where} is written in one language or more: {', '.join(codes)}.")
    for code, text in written.items():
        _asked(text, f"{where} in {code}")
    if len({len(text["answers"]) for text in written.values()}) > 1:
        raise ValidationError(f"{where} has as many answers in every language.")


def _asked(text: Any, where: str) -> None:
    if not isinstance(text, dict) or set(text) != {"ask", "answers"}:
        raise ValidationError(f'{where} is {{"ask": "…", "answers": ["…", "…"]}}.')
    said = text["answers"]
    if not isinstance(said, list) or not FEWEST_ANSWERS <= len(said) <= MOST_ANSWERS:
        raise ValidationError(f"{where} has {FEWEST_ANSWERS} to {MOST_ANSWERS} answers.")
    if not all(isinstance(words, str) and words.strip() for words in [text["ask"], *said]):
        raise ValidationError(f"{where}: the question and each answer are texts.")
