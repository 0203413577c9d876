"""Whether a text is written in a language, by its script and its commonest small words: enough for a paragraph."""

import re
import unicodedata
from collections import Counter

SCRIPTS = {"ru": "CYRILLIC", "el": "GREEK", "ar": "ARABIC", "hi": "DEVANAGARI", "ko": "HANGUL"}
KANA, HAN = ("HIRAGANA", "KATAKANA"), "CJK"
SMALL_WORDS = {
    "en": "the of and to in is that it for was with as are this be on not",
    "es": "el la los las de que y en un una por con no para es se su del al lo",
    "fr": "le la les de des et en un une est que qui dans pour pas du au sur ne il elle",
    "de": "der die das und ist nicht ein eine zu den mit von auf für im sich auch dem es wir",
    "it": "il lo la gli le di che e un una per non è in con del della sono si da i",
    "pt": "o a os as de que e um uma em não para com do da no na é se por mais",
    "nl": "de het een en van is niet dat in op te voor met zijn er aan ook je we om",
    "pl": "i w na się nie z do to jest że o jak po za od dla są przez ale czy",
    "tr": "ve bir bu için ile de da çok ne var daha gibi ama en olarak olan her o kadar sonra",
    "sw": "na ya wa kwa ni katika la za cha hii kama au lakini watu wake hiyo kuwa ili sana pia",
}
MOST_LETTERS = 0.6  # of a text in another script: names and terms may stay in Latin letters


def is_written_in(text: str, language: str) -> bool:
    """Raises: ValueError for a language that this cannot tell."""
    if language in SMALL_WORDS:
        return language == likeliest(text)
    letters = scripts_of(text)
    total = sum(letters.values()) or 1
    kana, han = sum(letters[name] for name in KANA), letters[HAN]
    if language in SCRIPTS:
        return letters[SCRIPTS[language]] / total >= MOST_LETTERS
    if language == "ja":
        return kana > 0 and (kana + han) / total >= MOST_LETTERS
    if language == "zh":
        return kana == 0 and han / total >= MOST_LETTERS
    known = sorted([*SMALL_WORDS, *SCRIPTS, "ja", "zh"])
    raise ValueError(f"{language!r} is none of the languages that can be told: {', '.join(known)}")


def likeliest(text: str) -> str:
    """The language in Latin letters whose small words are the commonest in the text; "" where none of them occurs."""
    found = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    scores = {name: sum(found[word] for word in small.split()) for name, small in SMALL_WORDS.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else ""


def scripts_of(text: str) -> Counter[str]:
    """Letters by the first word of their Unicode name, such as LATIN, CYRILLIC or CJK."""
    return Counter(unicodedata.name(letter, "?").split(" ")[0] for letter in text if letter.isalpha())
