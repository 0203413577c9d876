"""A link that is used, over or nobody's lets nobody in, and the audit log knows why."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assay.accounts.models import AuditEvent
from raters.models import Invitation
from raters.way_in.inviting import invite


def test_a_used_up_an_old_and_a_made_up_link_let_nobody_in(client, study):
    token = invite(study)
    join_address = reverse("raters:join", args=[token])
    client.post(join_address)
    assert Client().post(join_address).status_code == 404
    late = invite(study)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert Client().get(reverse("raters:join", args=[late])).status_code == 404
    assert study.enrolments.count() == 1


def test_the_audit_log_is_told_why_a_link_let_nobody_in(client, study):
    used, old = (reverse("raters:join", args=[invite(study)]) for _ in range(2))
    made_up = reverse("raters:join", args=["made-up"])
    client.post(used)
    Invitation.objects.filter(uses=0).update(expires_at=timezone.now() - timedelta(hours=1))
    client.logout()
    for address in (used, old, made_up):
        client.post(address)
    refused = AuditEvent.objects.filter(action="study.join_refused").order_by("pk")
    told = [(row.target_id, row.detail) for row in refused]
    mine = str(study.pk)
    assert told == [(mine, {"why": "used"}), (mine, {"why": "expired"}), ("", {"why": "unknown"})]
