"""Arms by the names that a reader may know, and a report in those names: beneath pages and API alike."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assay.reports.arms import model_number, pair_key, shown_names
from assay.reports.judgments import arm_names
from assay.reports.models import Estimate, Report
from assay.reports.printing import OUTCOMES, as_json, estimate_as_json
from assay.reports.safety_rates import RATES
from raters.models import Study
from raters.studies.unblinding import labels_of, sees_arms

# What a number becomes when the two arms change places; one that is not named here says too much while blind.
TURNED = ("win_rate", "judge_win_rate")
SAME = {"both_bad", "style_told_apart", "self_agreement", "judge_agreement", "judge_consistency"}
SAME |= {"agreement", "position_bias", "length_effect"}
ENDS = ("value", "low", "high")
TOLD_DIGITS = 9
OF_ONE_ARM = set(RATES.values())
COUNTS = (*OUTCOMES, "prompts", "raters", "judge", "hits", "hazards", "planned", "stopped_at", "scale")


@dataclass(frozen=True)
class Arms:
    """What each arm is called, by primary key. While blind: Model 1, Model 2, in an order that tells nothing."""

    called: dict[int, str]
    is_blind: bool

    def turns(self, a: int, b: int) -> bool:
        """Whether arm b comes first for this reader: while blind, the lower label does."""
        return self.is_blind and model_number(self.called[a]) > model_number(self.called[b])

    def pair(self, a: int, b: int) -> tuple[int, int]:
        """The two in the order in which this reader meets them."""
        return (b, a) if self.turns(a, b) else (a, b)

    def in_order(self, pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Pairs of arms as this reader meets them: while blind by label, since arms are made in the title's order."""
        return sorted(pairs, key=self._numbers)

    def key(self, a: int, b: int) -> str:
        """What an address calls the pair: while blind by labels, beside which an arm's own key would tell its place."""
        return pair_key(self.key_of(a), self.key_of(b))

    def key_of(self, arm: int) -> int:
        """What an address calls one arm: while blind the number of its label."""
        return model_number(self.called[arm]) if self.is_blind else arm

    def named_pair(self, a: int, b: int) -> str:
        """What the pair is called, in the order in which this reader meets its arms."""
        first, second = self.pair(a, b)
        return f"{self.called[first]} – {self.called[second]}"

    def _numbers(self, pair: tuple[int, int]) -> tuple[int, ...]:
        return tuple(sorted(map(self.key_of, pair))) if self.is_blind else pair


def arms_for(study: Study, user: Any, *, names_allowed: bool = True) -> Arms:
    """names_allowed: as for `sees_arms`."""
    if sees_arms(study, user, names_allowed=names_allowed):
        return Arms(arm_names(study), is_blind=False)
    return Arms(labels_of(study), is_blind=True)


def arms_outside(study: Study) -> Arms:
    """As files and the shell show them, which know no reader: labels to all until the study is unblinded."""
    return Arms(shown_names(study), is_blind=study.is_blinded)


def report_for(report: Report, arms: Arms) -> dict[str, Any]:
    """The report as a program may read it, in names that its reader may know."""
    whole = as_json(report) | {"judgments_sha256": judgments_digest(report, arms)}
    if arms.is_blind:
        whole["estimates"] = blinded_rows(report, arms, whole["estimates"])
    return whole


def judgments_digest(report: Report, arms: Arms) -> str:
    """The digest of the judgments; while blind keyed by the study's secret, so that it tells new data from old alone.

    The plain one is of rows with names in them: who tried either assignment of names to labels would see which fits.
    """
    if not arms.is_blind or not report.judgments_sha256:
        return report.judgments_sha256
    secret, message = report.study.secret.encode(), f"judgments:{report.judgments_sha256}".encode()
    return hmac.digest(secret, message, hashlib.sha256).hex()


def estimates_for(report: Report, arms: Arms) -> list[Estimate]:
    """The estimates as a page may show them. While blind they are copies, which are not to be stored."""
    stored = list(report.estimates.all())
    if not arms.is_blind:
        return stored
    rows = blinded_rows(report, arms, [estimate_as_json(one) for one in stored])
    return [Estimate(report=report, **row) for row in rows]


def blinded_rows(report: Report, arms: Arms, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By their labels: the order in which rows are stored, or that of names, would tell whose come first."""
    labels = {name: arms.called[pk] for pk, name in arm_names(report.study).items()}
    shown = [told for row in rows if (told := blinded(row, labels))]
    return sorted(shown, key=lambda row: (row["candidate"], row["baseline"]))


def blinded(row: dict[str, Any], labels: dict[str, str]) -> dict[str, Any] | None:
    """The estimate under labels, the lower one first; None where nothing can be told of it."""
    pair = [(labels | {"": ""}).get(row[role]) for role in ("candidate", "baseline")]
    kept = row["name"].startswith(TURNED) or row["name"] in (SAME if row["baseline"] else SAME | OF_ONE_ARM)
    if None in pair or not kept:
        return None
    detail = {name: row["detail"][name] for name in COUNTS if name in row["detail"]}
    told = {**row, "candidate": pair[0], "baseline": pair[1], "detail": detail}
    if row["baseline"] and model_number(str(pair[0])) > model_number(str(pair[1])):  # else of one arm alone
        told = turned(told)
    return told | {name: rounded(told[name]) for name in ENDS}


def rounded(share: float | None) -> float | None:
    """Without the last digits, in which 1 - (1 - x) is not x: they would tell that a number was turned."""
    return None if share is None else round(share, TOLD_DIGITS)


def turned(row: dict[str, Any]) -> dict[str, Any]:
    """The same estimate, seen from the other arm."""
    detail = dict(row["detail"])
    if "wins" in detail:
        detail["wins"], detail["losses"] = detail["losses"], detail["wins"]
    ends = {name: row[name] for name in ENDS}
    if row["name"].startswith(TURNED) and row["value"] is not None:
        ends = {"value": 1 - row["value"], "low": 1 - row["high"], "high": 1 - row["low"]}
    return {**row, **ends, "detail": detail, "candidate": row["baseline"], "baseline": row["candidate"]}
