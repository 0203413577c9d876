"""Nonsense in the environment stops the start and names its variable."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from assay.environment import Environment


@pytest.fixture
def environment(monkeypatch, tmp_path):
    def make(**variables: str) -> Environment:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return Environment(tmp_path / ".env")

    return make


@pytest.mark.parametrize(("text", "value"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_booleans_read_as_people_write_them(environment, text, value):
    assert environment(FLAG=text).boolean("FLAG", default=not value) is value


@pytest.mark.parametrize(
    ("variables", "read"),
    [
        ({"FLAG": "maybe"}, lambda env: env.boolean("FLAG", default=False)),
        ({"NUMBER": "-3"}, lambda env: env.integer("NUMBER", 1, least=0)),
        ({"NUMBER": "ten"}, lambda env: env.integer("NUMBER", 1, least=0)),
        ({"KEY": "short"}, lambda env: env.secret("KEY", required=True)),
        ({"BROKER": "amqp://host"}, lambda env: env.url("BROKER", {"redis"})),
        ({"BASE": "mysql://u:p@host/name"}, lambda env: env.database("BASE", "")),
        ({"BASE": "postgres://u:p@host/"}, lambda env: env.database("BASE", "")),
        ({"MESH": "1x"}, lambda env: env.form("MESH", r"\d+x\d+", "DATAxMODEL")),
        ({"BASE": "not a url"}, lambda env: env.database("BASE", "")),
    ],
)
def test_nonsense_is_refused_by_name(environment, variables, read):
    with pytest.raises(ImproperlyConfigured, match=f"^{next(iter(variables))}"):
        read(environment(**variables))


def test_a_form_is_read_where_it_is_set(environment):
    assert environment(MESH="1x4").form("MESH", r"\d+x\d+", "DATAxMODEL") == "1x4"
    assert environment(MESH="").form("MESH", r"\d+x\d+", "DATAxMODEL") == ""


def test_a_database_password_is_never_repeated(environment):
    with pytest.raises(ImproperlyConfigured) as refused:
        environment(BASE="mysql://user:hunter2@host/name").database("BASE", "")
    assert "hunter2" not in str(refused.value)


def test_the_process_environment_wins_over_the_file(environment, tmp_path):
    (tmp_path / ".env").write_text("COLOUR=grey\nSHAPE=round\n")
    found = environment(COLOUR="blue")
    assert (found.text("COLOUR"), found.text("SHAPE")) == ("blue", "round")


def test_sqlite_waits_for_its_lock_and_keeps_a_write_ahead_log(environment):
    options = environment(BASE="sqlite:///x.sqlite3").database("BASE", "")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE" and "journal_mode=WAL" in options["init_command"]


def test_a_cut_link_to_postgresql_is_given_up_at_both_ends(environment):
    options = environment(BASE="postgres://u:p@host/name").database("BASE", "")["OPTIONS"]
    assert options["tcp_user_timeout"] == 30_000 and options["connect_timeout"] == 10
    assert "-c tcp_user_timeout=30000" in options["options"]


def test_what_the_url_says_of_a_connection_wins(environment):
    options = environment(BASE="postgres://u:p@host/name?connect_timeout=3").database("BASE", "")["OPTIONS"]
    assert options["connect_timeout"] == 3 and options["tcp_user_timeout"] == 30_000
