"""The step that tells of a verdict or a failure: e-mails and a webhook, until they arrive or are given up."""

import json
from collections.abc import Callable
from datetime import timedelta
from secrets import SystemRandom
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from assay.evaluations.models import Delivery, EvaluationRun, EvaluationStep
from assay.evaluations.stepping import NotYet
from generation.leasing import wait_s

TRIES, FIRST_WAIT_S, LONGEST_WAIT_S = 8, 2.0, 3600.0
jitter = SystemRandom().uniform  # decides when, never what


def tell(run: EvaluationRun, step: EvaluationStep) -> None:
    """Writes down what is to be told, then sends what is due. Raises: NotYet while something still waits."""
    _write_down(run)
    now = timezone.now()
    for delivery in run.deliveries.filter(status=Delivery.Status.WAITING, not_before__lte=now):
        _send(delivery, step)
    if waiting := run.deliveries.filter(status=Delivery.Status.WAITING).order_by("not_before").first():
        left_s = (waiting.not_before - timezone.now()).total_seconds()
        raise NotYet(f"{waiting.target} is tried again: {waiting.error}", wait_s=max(left_s, 0.1))


def _write_down(run: EvaluationRun) -> None:
    run.refresh_from_db()
    body = json.dumps(message(run), indent=1, sort_keys=True)
    for address in run.version.emails:
        Delivery.objects.get_or_create(
            run=run, kind=Delivery.Kind.EMAIL, target=address, defaults={"body": as_text(run)}
        )
    if url := run.version.webhook_url:
        Delivery.objects.get_or_create(
            run=run, kind=Delivery.Kind.WEBHOOK, target=url, defaults={"body": body}
        )


def message(run: EvaluationRun) -> dict[str, Any]:
    """What a webhook carries. `caveat` says where no person judged: `simulated`, or `judged_by` a `model` alone."""
    checkpoint = run.checkpoint
    return {
        "type": "evaluation.decided" if run.verdict else "evaluation.failed",
        "evaluation": run.evaluation.slug,
        "version": run.version.number,
        "run": run.pk,
        "checkpoint": checkpoint.name,
        "digest": checkpoint.digest,
        "series": run.evaluation.series.slug,
        "step": checkpoint.step,
        "previous": run.previous.name if run.previous else None,
        "baseline": run.version.baseline.name,
        "verdict": run.verdict,
        "reason": run.reason,
        "simulated": run.is_simulated,
        "judged_by": run.version.judged_by,
        "judge": run.version.judge.name if run.version.judge else None,
        "caveat": run.caveat,
        "gates": run.decision,
        "decided_at": run.decided_at.isoformat() if run.decided_at else None,
        "page": page_of(run),
    }


def as_text(run: EvaluationRun) -> str:
    """What an e-mail says."""
    lines = [f"{run.checkpoint}: {run.verdict or run.status}", ""]
    if run.caveat:
        lines += [f"{run.caveat[0].upper()}{run.caveat[1:]}.", ""]
    if run.reason:
        lines += [run.reason, ""]
    for label, one in run.decision.items():
        numbers = ""
        if "value" in one:
            value, low, high = (100 * one[name] for name in ("value", "low", "high"))
            numbers = f", {value:+.1f} points [{low:+.1f}, {high:+.1f}], n {one['n']}, margin {100 * one['margin']:g}"
        lines.append(f"{label}: {one['verdict']}{numbers}")
        if model := one.get("model"):
            value, low, high = (100 * model[name] for name in ("value", "low", "high"))
            lines.append(
                f"  beside it, {run.version.judge}: win rate {value:.1f}% [{low:.1f}, {high:.1f}], n {model['n']}"
            )
    return "\n".join([*lines, "", page_of(run)]).strip() + "\n"


def page_of(run: EvaluationRun) -> str:
    """The run's address; without SITE_URL only its path."""
    return settings.SITE_URL + reverse("dashboards:evaluation_run", args=[run.evaluation.slug, run.pk])


def _send(delivery: Delivery, step: EvaluationStep) -> None:
    taken = Delivery.objects.filter(
        pk=delivery.pk, status=Delivery.Status.WAITING, attempts=delivery.attempts
    )
    if not taken.update(attempts=F("attempts") + 1):
        return
    delivery.attempts += 1
    try:
        SENDERS[delivery.kind](delivery)
    except Exception as error:  # noqa: BLE001  whatever a mail server or a receiver does, the verdict stands
        _put_off(delivery, step, str(error)[:500] or type(error).__name__, getattr(error, "is_final", False))
    else:
        _now(delivery, status=Delivery.Status.DELIVERED, delivered_at=timezone.now(), error="")
        step.say(f"told {delivery.target}")


def _put_off(delivery: Delivery, step: EvaluationStep, error: str, is_final: bool) -> None:
    if is_final or delivery.attempts >= TRIES:
        _now(delivery, status=Delivery.Status.DEAD, error=error)
        step.say(f"{delivery.target} was not told, after {delivery.attempts} tries: {error}")
    else:
        longest_s = wait_s(delivery.attempts, FIRST_WAIT_S, LONGEST_WAIT_S)
        again_at = timezone.now() + timedelta(seconds=jitter(longest_s / 2, longest_s))
        _now(delivery, not_before=again_at, error=error)


def _now(delivery: Delivery, **fields: Any) -> None:
    """An update, never a save: a retry may have taken the row away while its message was on the way."""
    Delivery.objects.filter(pk=delivery.pk).update(**fields)


def _send_email(delivery: Delivery) -> None:
    run = delivery.run
    subject = f"[Assay] {run.checkpoint}: {run.verdict or run.status} ({run.evaluation.slug})"
    headers = {"Message-ID": f"<{delivery.id}@assay>"}  # the same at every try
    EmailMessage(subject, delivery.body, to=[delivery.target], headers=headers).send()


def _send_webhook(delivery: Delivery) -> None:
    from assay.evaluations.webhooks import post  # loads httpx, which few ticks need

    name = delivery.run.version.webhook_key_env
    key = settings.ENDPOINT_KEYS.get(name)
    if not key:
        raise LookupError(f"the environment holds no {name}, which signs")
    post(delivery.target, delivery.body, message_id=str(delivery.id), key=key)


SENDERS: dict[str, Callable[[Delivery], None]] = {
    Delivery.Kind.EMAIL: _send_email,
    Delivery.Kind.WEBHOOK: _send_webhook,
}
