"""What the environment gives is read as it was meant: numbers at their limits, lists, hosts, networks, places, keys."""

from ipaddress import ip_network

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


def refusal(read) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read()
    return str(refused.value)


def test_what_is_not_set_has_its_default(environment):
    env = environment()
    assert env.text("NOT_SET_HERE", "so") == "so" and env.integer("NOT_SET_HERE", 4, least=1) == 4
    assert env.choice("NOT_SET_HERE", ("json", "text"), "json") == "json"
    assert env.boolean("NOT_SET_HERE", True) is True and env.boolean("NOT_SET_HERE", False) is False
    assert env.url("NOT_SET_HERE", {"redis"}) == env.secret("NOT_SET_HERE", required=False) == ""
    assert (
        env.words("NOT_SET_HERE") == env.networks("NOT_SET_HERE") == env.places("NOT_SET_HERE", {"gs"}) == []
    )


def test_a_text_is_read_without_what_stands_around_it(environment):
    assert environment(NAME="  heron ").text("NAME") == "heron"


@pytest.mark.parametrize("text", ["TRUE", "Yes", "on", " 1 "])
def test_yes_is_yes_in_whatever_case(environment, text):
    assert environment(FLAG=text).boolean("FLAG", default=False) is True


def test_a_number_may_be_the_least_and_nothing_below_it_or_of_other_digits(environment):
    assert environment(NUMBER="2").integer("NUMBER", 9, least=2) == 2
    for text in ("1", "2.0", "٣", "+3", "1e3"):
        told = refusal(lambda text=text: environment(NUMBER=text).integer("NUMBER", 9, least=2))
        assert told == f"NUMBER={text!r} is not a whole number of at least 2."


def test_a_choice_is_one_of_those_and_a_wrong_one_lists_them(environment):
    assert environment(FORM="text").choice("FORM", ("json", "text"), "json") == "text"
    told = refusal(lambda: environment(FORM="xml").choice("FORM", ("json", "text"), "json"))
    assert told == "FORM='xml' is none of: json, text."


def test_a_form_is_fitted_whole_and_by_plain_digits(environment):
    for text in ("1x4y", "x1x4", "١x٤"):
        told = refusal(lambda text=text: environment(MESH=text).form("MESH", r"\d+x\d+", "DATAxMODEL"))
        assert told.endswith("is not of the form DATAxMODEL.")


def test_a_secret_of_thirty_two_characters_is_long_enough(environment):
    assert environment(KEY="k" * 32).secret("KEY", required=True) == "k" * 32
    assert "at least 32" in refusal(lambda: environment(KEY="k" * 31).secret("KEY", required=True))
    assert environment(KEY="short").secret("KEY", required=False) == "short"


def test_a_url_has_one_of_the_schemes_and_is_not_repeated_where_it_has_not(environment):
    assert environment(BROKER="rediss://h/0").url("BROKER", {"redis", "rediss"}) == "rediss://h/0"
    told = refusal(lambda: environment(BROKER="http://u:hunter2@h").url("BROKER", {"redis", "rediss"}))
    assert told == "BROKER must start with one of: redis, rediss."


def test_lists_are_parted_by_commas_and_hold_nothing_empty(environment):
    assert environment(NAMES=" a, b,,c ,").words("NAMES") == ["a", "b", "c"]


def test_networks_may_be_single_addresses_and_nonsense_names_the_variable(environment):
    found = environment(NETS="10.0.0.0/8, ::1").networks("NETS")
    assert found == [ip_network("10.0.0.0/8"), ip_network("::1/128")]
    assert refusal(lambda: environment(NETS="10.0.0.1/8").networks("NETS")).startswith("NETS: ")


def test_hosts_that_make_no_sense_name_the_variable(environment):
    assert environment(HOSTS="").hosts("HOSTS") is not None
    assert refusal(lambda: environment(HOSTS="http://a b").hosts("HOSTS")).startswith("HOSTS: ")


def test_places_are_kept_without_a_slash_at_their_ends(environment):
    found = environment(PLACES="gs://weights/ , s3://bucket/a/b").places("PLACES", {"gs", "s3"})
    assert found == ["gs://weights", "s3://bucket/a/b"]


@pytest.mark.parametrize("place", ["ftp://x/y", "gs:/weights", "weights", "gs://", "gs://a/../b", "gs://.."])
def test_what_is_no_place_is_told_with_the_schemes_that_are_known(environment, place):
    told = refusal(lambda: environment(PLACES=f"gs://fine,{place}").places("PLACES", {"s3", "gs"}))
    assert told.startswith(f"PLACES: {place.rstrip('/')!r} is no place") and told.endswith("(gs, s3).")


def test_keys_are_found_by_the_ends_of_their_names_but_for_those_of_ours(environment):
    env = environment(ACME_API_KEY=" k1 ", OTHER_TOKEN="t", SECRET_KEY="s", KEY_OF_NOTHING="n")
    found = env.keys(("_KEY", "_TOKEN"), without={"SECRET_KEY"})
    assert (found["ACME_API_KEY"], found["OTHER_TOKEN"]) == ("k1", "t")
    assert not {"SECRET_KEY", "KEY_OF_NOTHING"} & set(found)
