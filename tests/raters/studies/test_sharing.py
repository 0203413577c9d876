"""Who may see, change and own a study."""

import pytest

from assay.accounts.models import AuditEvent
from raters.models import Study, StudyMember
from raters.studies.sharing import share, unshare
from tests import builders


def reach(user) -> tuple[bool, bool, bool]:
    """Whether the study is there for this person: to see, to change, to own."""
    studies = Study.objects
    return tuple(found(user).exists() for found in (studies.for_user, studies.for_editor, studies.for_owner))


@pytest.mark.parametrize(
    ("role", "reached"),
    [
        ("owner", (True, True, True)),
        ("editor", (True, True, False)),
        ("viewer", (True, False, False)),
        (None, (False, False, False)),
    ],
)
def test_each_role_reaches_what_it_is_for(study, researcher, role, reached):
    share(study, builders.researcher("olga"), "owner")
    if role:
        share(study, researcher, role)
    assert reach(researcher) == reached


def test_without_members_a_study_is_everybodys_who_plans_studies(study, rater, researcher):
    assert reach(researcher) == (True, True, True)
    assert reach(rater.user) == (True, False, False)


def test_administrators_have_every_study(study, django_user_model):
    share(study, builders.researcher("olga"), "owner")
    anna = django_user_model.objects.create_user("anna", role="administrator")
    assert reach(anna) == (True, True, True)


def test_a_study_with_many_members_is_listed_once(study, researcher):
    share(study, researcher, "owner")
    for name in ("olga", "oona"):
        share(study, builders.researcher(name), "viewer")
    assert Study.objects.for_user(researcher).count() == 1


def test_one_owner_always_stays(study, researcher):
    share(study, researcher, "owner")
    for act in (lambda: share(study, researcher, "viewer"), lambda: unshare(study, researcher)):
        with pytest.raises(ValueError, match="only owner"):
            act()
    share(study, builders.researcher("olga"), "owner")
    unshare(study, researcher)
    assert StudyMember.objects.get().user.username == "olga"


def test_raters_work_on_no_study(study, rater):
    with pytest.raises(ValueError, match="is a rater"):
        share(study, rater.user, "viewer")


def test_the_first_member_is_an_owner(study, researcher):
    with pytest.raises(ValueError, match="no owner yet"):
        share(study, researcher, "viewer")


def test_a_role_that_there_is_not_is_refused_with_those_there_are(study, researcher):
    with pytest.raises(ValueError, match="role is 'guest'; it must be one of owner, editor, viewer"):
        share(study, researcher, "guest")
    with pytest.raises(ValueError, match="rosa has no role in autumn"):
        unshare(study, researcher)
    assert not StudyMember.objects.exists()


def test_each_change_is_told_with_who_and_what(study, researcher):
    olga = builders.researcher("olga")
    share(study, researcher, "owner", olga)
    share(study, olga, "viewer", researcher)
    share(study, olga, "editor", researcher)
    unshare(study, olga, researcher)
    told = AuditEvent.objects.filter(action__contains="shared").order_by("pk")
    assert [(one.actor.username, one.action, one.detail["user"], one.detail["role"]) for one in told] == [
        ("olga", "study.shared", "rosa", "owner"),
        ("rosa", "study.shared", "olga", "viewer"),
        ("rosa", "study.shared", "olga", "editor"),
        ("rosa", "study.unshared", "olga", "editor"),
    ]
    assert StudyMember.objects.get().user == researcher
