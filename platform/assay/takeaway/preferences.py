"""Preference pairs for training, in the conversational form with an explicit prompt that trl's DPOTrainer reads."""

from collections.abc import Iterator

from assay.takeaway.compared import Compared, compared, shown
from assay.takeaway.source import Row, Source
from generation.models import Response
from raters.models import Judgment

# What makes a pair of a comparison. Ties are no vote for either side in any of them.
RULES = ("majority", "unanimous", "each")
COLUMNS = {"prompt": "messages", "chosen": "messages", "rejected": "messages", "prompt_id": "string"}
COLUMNS |= dict.fromkeys(("comparison_id", "chosen_model", "rejected_model", "rule", "rater_id"), "string")
COLUMNS |= dict.fromkeys(("votes_chosen", "votes_rejected", "votes_tied", "strength"), "int")
A, B = Judgment.Preference.A, Judgment.Preference.B


def preference_rows(source: Source) -> Iterator[Row]:
    """Pairs of a chosen and a rejected response. Filters: `rule`, `category`.

    majority: one pair where more raters prefer the one than the other; ties do not count, even votes give none.
    unanimous: one pair where every judgment, ties included, prefers the same one.
    each: one pair for every judgment that prefers one; several of one comparison may contradict each other.
    """
    rule = str(source.filters.get("rule", RULES[0]))
    for one in compared(source):
        if rule == "each":
            for judgment in one.judgments:
                if judgment.preference in (A, B):
                    yield pair(source, one, judgment.preference, rule, judgment)
        elif winner := preferred(one, rule):
            yield pair(source, one, winner, rule)


def how_many(source: Source) -> int:
    """At most: those of which no pair can be made are known only when they are read."""
    return shown(source).count()


def preferred(one: Compared, rule: str) -> str | None:
    """The letter of the response that this rule calls chosen, if there is one."""
    a, b, n = len(one.preferring(A)), len(one.preferring(B)), len(one.judgments)
    if a == b or (rule == "unanimous" and max(a, b) < n):
        return None
    return A if a > b else B


def pair(source: Source, one: Compared, winner: str, rule: str, judgment: Judgment | None = None) -> Row:
    comparison = one.comparison
    assert comparison.response_a and comparison.response_b
    sides = ("a", "b") if winner == A else ("b", "a")
    names = {
        "a": source.names[comparison.arm_a_id],
        "b": source.names[comparison.arm_b_id],
    }
    texts = {"a": comparison.response_a, "b": comparison.response_b}
    chosen, rejected = sides
    first, *later = comparison.prompt.turns
    row: Row = {
        "prompt": [message("user", first)],
        "chosen": replies(texts[chosen], later),
        "rejected": replies(texts[rejected], later),
        "prompt_id": comparison.prompt.key,
        "comparison_id": source.id_of("comparison", comparison.pk),
        "chosen_model": names[chosen],
        "rejected_model": names[rejected],
        "rule": rule,
        "votes_chosen": len(one.preferring(chosen)),
        "votes_rejected": len(one.preferring(rejected)),
        "votes_tied": len(one.preferring(Judgment.Preference.TIE)),
    }
    if judgment is None:
        return row
    rater = source.id_of("rater", judgment.assignment.rater.code)
    return row | {"rater_id": rater, "strength": judgment.strength}


def replies(response: Response, later: list[str]) -> list[dict[str, str]]:
    """The conversation after the first user turn: each reply, and each further turn of the prompt between them."""
    messages = [message("assistant", response.turns[0])]
    for asked, reply in zip(later, response.turns[1:], strict=True):
        messages += [message("user", asked), message("assistant", reply)]
    return messages


def message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
