"""Each page of the URLconf stands in one of the lists that axe goes through, or here with the reason why not."""

import pytest
from django.urls import resolve

from tests.assay.routes import routes
from tests.browser.sign_in_pages import sign_in_pages
from tests.browser.test_accessibility import pages_of_the_work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILE = "a file, not a page"
EXCUSED = {
    "account_confirm_login_code": "nobody signs in by a code sent by mail",
    "api_nothing": "the API's answer that it has no such address, in JSON",
    "dashboards:card_key": FILE,
    "dashboards:comparisons_file": FILE,
    "dashboards:export_file": FILE,
    "dashboards:leaderboard_file": FILE,
    "dashboards:pay_file": FILE,
    "dashboards:prompt_set_file": FILE,
    "dashboards:study_running": "a part of the study's page, which is looked at",
    "mfa_download_recovery_codes": FILE,
    "mfa_login_webauthn": "what the sign-in page's script asks of the passkey, in JSON",
    "set_language": "leads back to the page it was asked from",
}


def test_axe_looks_at_every_page_that_is_not_excused(visit, client, settings, tmp_path):
    addresses = [*sign_in_pages(visit), *pages_of_the_work(settings, tmp_path)]
    seen = {resolve(address.partition("?")[0]).view_name for address in addresses}
    every = {one.name: one.address({}) for one in routes(of_libraries=True)}
    pages = {
        name
        for name, address in every.items()
        if not name.startswith(("api-1:", "admin:")) and client.get(address).status_code != 405
    }
    assert sorted(pages - seen - set(EXCUSED)) == []
    assert set(EXCUSED) <= pages - seen  # an excuse that no page needs any more
