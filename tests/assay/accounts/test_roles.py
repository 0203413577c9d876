"""What a role opens: who may see behind the blinding, and who looks after people and every study."""

import pytest

from assay.accounts.models import User


@pytest.mark.parametrize(
    ("of", "plans", "administers"),
    [
        ({"role": "rater"}, False, False),
        ({"role": "researcher"}, True, False),
        ({"role": "administrator"}, True, True),
        ({"role": "rater", "is_staff": True}, True, False),
        ({"role": "rater", "is_superuser": True}, True, True),
        ({"role": "researcher", "is_staff": True}, True, False),
    ],
)
def test_whoever_comes_to_see_names_by_any_way_counts_as_staff(of, plans, administers):
    user = User(username="una", **of)
    assert (user.plans_studies, user.administers) == (plans, administers)
