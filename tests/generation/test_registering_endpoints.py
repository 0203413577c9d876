import pytest
from django.core.management import CommandError, call_command

from assay.accounts.models import AuditEvent
from generation.endpoint_hosts import AllowedHosts
from generation.models import Checkpoint
from tests import builders

pytestmark = pytest.mark.django_db
URL = "https://api.example.org/v1"


@pytest.fixture(autouse=True)
def listed(settings):
    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["api.example.org"])


def register(name: str = "heron", uri: str = URL, **options) -> Checkpoint:
    call_command("register_checkpoint", name, uri, **options)
    return Checkpoint.objects.get(name=name)


def test_an_endpoint_is_registered_with_all_that_it_is_asked_with():
    made = register(
        model="heron-large", key_env="HERON_KEY", concurrency=3, stop=["END"], series="spring", step=3
    )
    assert (made.source, made.uri, made.series.slug, made.step) == ("endpoint", URL, "spring", 3)
    assert made.description == {
        "chat_format": "server's own",
        "model": "heron-large",
        "key_env": "HERON_KEY",
        "concurrency": 3,
        "stop": ["END"],
    }
    assert AuditEvent.objects.get().action == "checkpoint.registered"


def test_the_model_is_called_as_the_checkpoint_unless_told():
    assert register().description["model"] == "heron"


def test_what_decides_the_texts_decides_the_digest():
    options = [
        {},
        {"model": "other"},
        {"raw": True},
        {"stop": ["END"]},
        {"uri": "https://api.example.org/v2"},
    ]
    digests = {
        register(f"heron-{i}", **{"model": "heron", **given}).digest for i, given in enumerate(options)
    }
    assert len(digests) == len(options)


def test_the_same_again_changes_only_how_it_is_reached(capsys):
    before = register(key_env="HERON_KEY")
    register("heron", f"{URL}/", key_env="OTHER_KEY", concurrency=2)
    assert "registered already; it is asked 2 at a time, its key in OTHER_KEY." in capsys.readouterr().out
    after = Checkpoint.objects.get()
    assert (after.digest, after.description["key_env"], after.description["concurrency"]) == (
        before.digest,
        "OTHER_KEY",
        2,
    )
    assert AuditEvent.objects.filter(action="checkpoint.reached_anew").count() == 1
    register(key_env="OTHER_KEY", concurrency=2)
    assert AuditEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("uri", "options", "message"),
    [
        ("https://other.example.org/v1", {}, "other.example.org is not among ENDPOINT_HOSTS"),
        ("https://ann:hunter2@api.example.org/v1", {}, "holds no password"),
        (URL, {"dtype": "bfloat16"}, "--dtype is for a folder"),
        (URL, {"key_env": "sk-lantern"}, "must be the name of an environment variable that ends in _KEY or"),
        (
            URL,
            {"key_env": "DATABASE_URL"},
            "must be the name of an environment variable that ends in _KEY or",
        ),
        (URL, {"key_env": "SECRET_KEY"}, "never SECRET_KEY"),
        (URL, {"concurrency": 0}, "concurrency is 0; it must be a whole number from 1"),
        (URL, {"stop": [""]}, "at most 4 texts, none empty"),
        (URL, {"stop": list("abcde")}, "at most 4 texts, none empty"),
        (URL, {"model": " "}, "model is ' '"),
        (URL, {"step": 3}, "name the series, too"),
        ("/checkpoints/heron", {"key_env": "HERON_KEY"}, "--key-env is for an endpoint"),
        ("/checkpoints/heron", {"raw": True}, "--raw is for an endpoint"),
    ],
)
def test_nonsense_is_refused(uri, options, message):
    with pytest.raises(CommandError, match=message):
        register("heron", uri, **options)
    assert not Checkpoint.objects.exists()


def test_a_name_stays_with_what_it_asks_and_that_with_its_name(db):
    register()
    with pytest.raises(CommandError, match="heron is registered already, answers over HTTP and not as asked"):
        register(model="other")
    with pytest.raises(CommandError, match="this very endpoint is registered already, as heron"):
        register("plover", model="heron")
    builders.run(builders.prompt_set(), "imported")
    with pytest.raises(CommandError, match="imported is registered already, responses were imported"):
        register("imported")
