"""docker-compose.yml fits the schema of its kind, and what it says fits the code."""

import os
import re

import pytest
from django.conf import settings

from tests.deploy import compose
from tests.processes import ROOT
from tests.settings_read import settings_read

OF_LIBRARIES = {"JAX_PLATFORMS", "TPU_VISIBLE_CHIPS", "TPU_CHIPS_PER_PROCESS_BOUNDS", "TPU_PROCESS_BOUNDS"}


def test_it_fits_the_schema_of_compose_files():
    assert compose.schema_errors(compose.FILE.read_text()) == []


def test_the_schema_would_find_a_slip():
    slip = compose.FILE.read_text().replace("healthcheck:", "healthchecks:", 1)
    assert any("healthchecks" in error for error in compose.schema_errors(slip))


def test_the_topology_is_whole():
    names = {"nginx", "migrate", "web", "worker-light", "beat", "postgres", "redis"}
    assert names | set(compose.engines()) == set(compose.services())
    assert {"worker-engine-cpu", "worker-engine-cuda", "worker-engine-tpu-0"} <= set(compose.engines())


@pytest.mark.parametrize("name", compose.services())
def test_no_service_has_more_rights_than_it_needs(name):
    service = compose.services()[name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"] and "privileged" not in service
    unprivileged = "user" in service or "build" in service or "unprivileged" in service["image"]
    assert unprivileged


@pytest.mark.parametrize("name", compose.services())
def test_each_service_has_bounds(name):
    limits = compose.services()[name]["deploy"]["resources"]["limits"]
    assert limits["cpus"] and limits["memory"]


@pytest.mark.parametrize("name", sorted(set(compose.services()) - {"migrate"}))
def test_each_service_that_stays_has_a_health_check_and_comes_back(name):
    service = compose.services()[name]
    assert service["healthcheck"]["test"][0] == "CMD" and service["healthcheck"]["interval"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", compose.ours())
def test_each_setting_is_one_that_the_code_reads(name):
    assert set(compose.ours()[name]["environment"]) - OF_LIBRARIES <= settings_read()


@pytest.mark.parametrize("name", compose.ours())
def test_each_command_is_one_of_the_entrypoints(name):
    (command,) = compose.ours()[name]["command"]
    assert command in compose.entrypoint_commands()


@pytest.mark.parametrize("name", compose.engines())
def test_each_engine_is_of_one_profile_and_built_from_its_lock(name):
    service = compose.engines()[name]
    (profile,) = service["profiles"]
    lock, kind = service["build"]["args"]["LOCK"], profile.removesuffix("-mesh")
    assert lock == f"requirements-{'engine' if kind == 'cpu' else kind}.lock" and (ROOT / lock).exists()
    assert service["environment"]["JAX_PLATFORMS"] == kind and profile in name
    wheels = {"cuda": "jax-cuda13-plugin==", "tpu": "libtpu==", "cpu": "jaxlib=="}
    assert wheels[kind] in (ROOT / lock).read_text()


def test_the_tpu_profile_starts_one_worker_for_each_chip_with_its_device_pinned():
    workers = [service for service in compose.engines().values() if service["profiles"] == ["tpu"]]
    chips = [service["environment"]["TPU_VISIBLE_CHIPS"] for service in workers]
    assert chips == [str(number) for number in range(len(workers))]
    for chip, service in zip(chips, workers, strict=True):
        assert service["devices"] == ["/dev/vfio/vfio", f"/dev/vfio/{chip}"]
        assert service["environment"]["TPU_PROCESS_BOUNDS"] == "1,1,1"


def test_the_worker_over_a_mesh_is_given_every_chip_and_pinned_to_none():
    service, environment = (
        compose.engines()["worker-engine-tpu-mesh"][part] for part in ("devices", "environment")
    )
    assert environment["ENGINE_MESH"] == "${ENGINE_MESH:-1x4}"
    assert service == ["/dev/vfio/vfio", *(f"/dev/vfio/{chip}" for chip in range(4))]
    assert not [name for name in environment if name.startswith("TPU_")]


def test_the_cuda_profile_reserves_one_device():
    (devices,) = compose.engines()["worker-engine-cuda"]["deploy"]["resources"]["reservations"]["devices"]
    assert devices["capabilities"] == ["gpu"] and len(devices["device_ids"]) == 1


def test_what_waits_for_another_waits_for_one_that_there_is():
    found = compose.services()
    for service in found.values():
        for name, how in service.get("depends_on", {}).items():
            healthy = how["condition"] == "service_healthy"
            assert ("healthcheck" in found[name]) if healthy else found[name]["restart"] == "no"


def test_redis_keeps_what_it_was_told_on_disk():
    command = compose.services()["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"


def test_every_folder_that_is_written_to_is_mounted_or_in_memory():
    for name, service in compose.ours().items():
        mounts = [
            volume.split(":")[-1 if volume.endswith(":/") else 1] for volume in service.get("volumes", [])
        ]
        environment = service["environment"]
        for setting in {"ENGINE_CACHE", "HEARTBEAT_FILE"} & set(environment):
            where = environment[setting]
            assert where.startswith("/tmp/") or where in mounts, (name, setting)


def test_whoever_speaks_of_exports_sees_their_folder():
    for name in ("web", "worker-light"):
        service = compose.services()[name]
        assert "taken-away:/taken-away" in service["volumes"]
        assert service["environment"]["EXPORT_ROOT"].startswith("/taken-away/")


def test_no_secret_has_a_value_of_its_own():
    text = compose.FILE.read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert re.search(rf"\${{{name}:\?[^}}]+}}", text) and not re.search(rf"\${{{name}:-[^}}]+}}", text)
    assert os.environ.get("SECRET_KEY", settings.SECRET_KEY) not in text
