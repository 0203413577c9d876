"""The page of who works on a study: owners share and take back; what does not go is told and changes nothing."""

import pytest
from django.urls import reverse

from raters.models import StudyMember
from tests import builders


@pytest.fixture
def members(study, researcher) -> dict[str, StudyMember]:
    """Rosa owns the study, ruth edits it."""
    people = {"rosa": (researcher, "owner"), "ruth": (builders.researcher("ruth"), "editor")}
    return {name: study.members.create(user=user, role=role) for name, (user, role) in people.items()}


@pytest.fixture
def page(client, researcher, members) -> str:
    client.force_login(researcher)
    return reverse("dashboards:study_people", args=["autumn"])


def roles() -> dict[str, str]:
    return dict(StudyMember.objects.values_list("user__username", "role"))


def stop(client, member: StudyMember, slug: str = "autumn"):
    return client.post(reverse("dashboards:stop_sharing", args=[slug, member.pk]), follow=True)


def test_a_role_is_taken_back(client, page, members):
    assert stop(client, members["ruth"]).redirect_chain[-1][0] == page
    assert roles() == {"rosa": "owner"}


def test_the_only_owner_stays_and_the_page_says_why(client, page, members):
    told = stop(client, members["rosa"])
    assert "rosa is the only owner of autumn" in told.text
    demoted = client.post(page, {"user": "rosa", "role": "viewer"})
    assert demoted.status_code == 422 and "rosa is the only owner of autumn" in demoted.text
    assert roles() == {"rosa": "owner", "ruth": "editor"}


def test_a_member_of_another_study_is_not_taken_out_by_this_ones_address(client, page, members, researcher):
    winter = builders.study(slug="winter")
    winter.members.create(user=researcher, role="owner")
    theirs = winter.members.create(user=builders.researcher("olga"), role="viewer")
    assert stop(client, theirs).status_code == 404 and StudyMember.objects.filter(pk=theirs.pk).exists()
    assert stop(client, theirs, "winter").status_code == 200
    assert not StudyMember.objects.filter(pk=theirs.pk).exists()


def test_a_rater_is_given_no_role(client, page, study):
    builders.rater(study, "rita")
    told = client.post(page, {"user": "rita", "role": "viewer"})
    assert told.status_code == 422 and "rita is a rater" in told.text
    assert "rita" not in roles()


def test_nobody_and_no_role_are_told_beside_their_fields(client, page, members):
    errors = client.post(page, {"user": "nobody", "role": "boss"}).context["form"].errors
    assert "There is nobody of that name." in errors["user"] and set(errors) == {"user", "role"}


def test_those_who_do_not_own_it_see_who_works_on_it_and_change_nothing(client, page, members):
    client.force_login(members["ruth"].user)
    seen = client.get(page)
    assert seen.status_code == 200 and seen.context["owns"] is False
    assert {row.user.username for row in seen.context["members"]} == {"rosa", "ruth"}
    assert client.post(page, {"user": "ruth", "role": "owner"}).status_code == 404
    assert stop(client, members["rosa"]).status_code == 404
    assert roles() == {"rosa": "owner", "ruth": "editor"}


def test_a_study_is_not_unblinded_without_a_reason_or_twice(client, page, study):
    address = reverse("dashboards:unblind_study", args=["autumn"])
    told = client.post(address, {"reason": "  "}, follow=True)
    study.refresh_from_db()
    assert study.unblinded_at is None and told.context["messages"]
    client.post(address, {"reason": "all is in"})
    study.refresh_from_db()
    first = study.unblinded_at
    client.post(address, {"reason": "again"})
    study.refresh_from_db()
    assert first and study.unblinded_at == first
