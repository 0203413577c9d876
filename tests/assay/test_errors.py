"""What breaks on our side is told with a number, under which the log has it."""

import re

import pytest
from django.test import RequestFactory
from django.utils import translation

from assay.errors import server_error


def test_the_number_on_the_page_is_the_one_in_the_log(caplog):
    answer = server_error(RequestFactory().get("/rate/"))
    number = re.search(r"data-error-id>(\w{8})<", answer.content.decode())[1]
    assert (
        answer.status_code == 500
        and f"error {number} at no page" in caplog.text
        and "/rate/" not in caplog.text
    )


@pytest.mark.parametrize("language", ["en", "pt"])
def test_it_needs_no_database_in_either_language(language):

    with translation.override(language):
        assert f'lang="{language}"' in server_error(RequestFactory().get("/")).content.decode()
