"""s3://, gs:// and hf:// by their real libraries, against servers on loopback that speak as those stores do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import fsspec
import pytest
from django.urls import reverse

from generation.describing import describe_due
from generation.fetching import local_folder
from generation.models import Checkpoint, CheckpointSeries
from generation.places import Place
from generation.series import watch
from generation.watching import look_where_due
from tests.generation.stores.gcs import gcs
from tests.generation.stores.hub import TOKEN, hub
from tests.generation.stores.s3 import KEY, SECRET, s3
from tests.generation.stores.serving import Store, serving
from tests.generation.test_watching import look_twice

pytestmark = pytest.mark.django_db
PROTOCOLS = {"s3": s3, "gs": gcs, "hf": hub}


@dataclass(frozen=True)
class Remote:
    """A store and the place in it that is watched, by both of its names."""

    store: Store
    uri: str

    @property
    def root(self) -> str:
        return self.uri.partition("://")[2]


@pytest.fixture(params=PROTOCOLS)
def remote(request, settings, monkeypatch, tiny_folder) -> Iterator[Remote]:
    """Reached as an operator sets it up: by the environment, or by fsspec's own configuration."""
    uri = f"{request.param}://lantern/runs"
    settings.CHECKPOINT_PLACES = [uri]
    with serving(PROTOCOLS[request.param]) as (store, url):
        known = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
        known |= {"AWS_DEFAULT_REGION": "us-east-1", "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}
        for name, value in known.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setitem(fsspec.config.conf, "gs", {"token": "anon", "endpoint_url": url})
        monkeypatch.setitem(fsspec.config.conf, "hf", {"token": TOKEN, "endpoint": url})
        yield Remote(store, uri)


@pytest.fixture
def series(remote, db) -> CheckpointSeries:
    remote.store.files[f"{remote.root}/README.md"] = b"Runs of the herons."  # so that the place is there
    return watch("remote", remote.uri)


def test_a_checkpoint_is_found_described_and_copied_whole(remote, series, tiny_folder):
    remote.store.put(tiny_folder, f"{remote.root}/step-000300")
    assert look_twice(series) == {"step-000300": ("ready", "")}
    describe_due()
    made = Checkpoint.objects.get()
    assert (made.uri, made.step, made.family) == (f"{remote.uri}/step-000300", 300, "recurrentgemma")
    copied = {file.name: file.read_bytes() for file in local_folder(made.uri).iterdir()}
    assert copied == {file.name: file.read_bytes() for file in tiny_folder.iterdir()}


def test_one_that_is_still_being_written_waits(remote, series, tiny_folder):
    remote.store.put(tiny_folder, f"{remote.root}/step-000300")
    look_twice(series)
    weights = f"{remote.root}/step-000300/model.safetensors"
    remote.store.files[weights] = remote.store.files[weights][:-1] + b"!"  # as long as before
    assert look_twice(series)["step-000300"][0] == "ready"
    assert series.sightings.get().changed_at > series.sightings.get().first_seen_at


def half(files: dict[str, bytes], folder: str) -> None:
    files[f"{folder}/model.safetensors.tmp"] = b"x"


def pickled(files: dict[str, bytes], folder: str) -> None:
    files[f"{folder}/pytorch_model.bin"] = files.pop(f"{folder}/model.safetensors")


def foreign(files: dict[str, bytes], folder: str) -> None:
    files[f"{folder}/config.json"] = b'{"architectures": ["WalrusForCausalLM"]}'


def lying(files: dict[str, bytes], folder: str) -> None:
    files[f"{folder}/model.safetensors"] = files[f"{folder}/model.safetensors"][:4000]


def without_shards(files: dict[str, bytes], folder: str) -> None:
    files[f"{folder}/model.safetensors.index.json"] = (
        b'{"weight_map": {"a": "model-00001-of-00002.safetensors"}}'
    )


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (half, "model.safetensors.tmp is half-written"),
        (pickled, "a pickle is never opened"),
        (foreign, "WalrusForCausalLM"),
        (lying, "model.safetensors"),
        (without_shards, "model-00001-of-00002.safetensors"),
    ],
)
def test_what_is_no_whole_checkpoint_is_refused_on_the_series_page(
    remote, series, tiny_folder, client, researcher, spoil: Callable[..., None], reason: str
):
    remote.store.put(tiny_folder, f"{remote.root}/step-000300")
    spoil(remote.store.files, f"{remote.root}/step-000300")
    look_twice(series)
    describe_due()
    assert series.sightings.get().status == "refused" and not Checkpoint.objects.exists()
    client.force_login(researcher)
    page = client.get(reverse("dashboards:series", args=["remote"])).text
    assert "step-000300" in page and reason in page, series.sightings.get().reason


def test_one_that_is_too_large_is_refused_before_a_byte_of_it_is_read(remote, series, tiny_folder, settings):
    settings.CHECKPOINT_MAX_BYTES = 1000
    remote.store.put(tiny_folder, f"{remote.root}/step-000300")
    assert "more than the 1,000 of CHECKPOINT_MAX_BYTES" in look_twice(series)["step-000300"][1]
    assert not [asked for asked in remote.store.asked if asked.path.endswith("model.safetensors")]


def test_a_store_that_shuts_us_out_is_told_on_the_series_page_and_asked_again(
    remote, series, tiny_folder, client, researcher
):
    remote.store.shut = True
    look_where_due()
    series.refresh_from_db()
    client.force_login(researcher)
    page = client.get(reverse("dashboards:series", args=["remote"])).text
    assert "The last look failed:" in page and series.watch_error
    remote.store.shut = False
    remote.store.put(tiny_folder, f"{remote.root}/step-000300")
    assert look_twice(series)["step-000300"] == ("ready", "")


def test_a_place_beside_the_listed_one_is_not_even_asked_for(remote):
    with pytest.raises(ValueError, match="none of CHECKPOINT_PLACES"):
        Place.of(remote.uri.replace("runs", "others"))
    assert remote.store.asked == []
