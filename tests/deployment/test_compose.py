"""docker-compose.yml, the Dockerfile and .env.example: valid, and as closed as the deployment says that it is."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from jsonschema import Draft202012Validator

from cards.demos.contract import Queue
from cards.demos.registry import demos
from cards.management.commands.serve import declared
from tests.deployment.compose import ROOT, Missing, raw, read, variables

SCHEMA = ROOT / "tests" / "deployment" / "compose-spec.json"
FILLED_IN = {
    "SECRET_KEY": "the-key",
    "POSTGRES_PASSWORD": "thepassword",
    "SITE_HOST": "cards.example.org",
    "COMPOSE_PROFILES": "cpu",
}
SERVICES = read(FILLED_IN)["services"]
BUILT = {name for name, service in SERVICES.items() if "build" in service}
# What a rule does not hold for; the reason stands beside it in the file.
NO_READ_ONLY_ROOT = {"worker-gpu"}
NO_HEALTH_CHECK = {"prepare"}
every_service = pytest.mark.parametrize("name", SERVICES)


def problems(file: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(file)]


# --- the file as a whole ---


def test_it_is_valid_by_the_compose_specification() -> None:
    assert problems(read(FILLED_IN)) == []


@pytest.mark.parametrize(
    ("service", "change"),
    [
        ("web", {"helthcheck": {}}),
        ("web", {"healthcheck": {"test": ["CMD", "true"], "every": "5s"}}),
        ("worker-gpu", {"deploy": {"resources": {"reservations": {"devices": [{"driver": "nvidia"}]}}}}),
        ("db", {"depends_on": {"web": {"condition": "is_up"}}}),
    ],
)
def test_the_schema_refuses_what_compose_would(service: str, change: dict[str, Any]) -> None:
    file = read(FILLED_IN)
    file["services"][service] |= change
    assert problems(file)


def test_the_schema_is_the_one_that_the_notices_name() -> None:
    digest = hashlib.sha256(SCHEMA.read_bytes()).hexdigest()
    assert digest in (ROOT / "docs" / "notices.md").read_text()


def test_the_services_are_those_of_the_deployment() -> None:
    assert set(SERVICES) == {
        "proxy",
        "prepare",
        "web",
        "worker",
        "worker-gpu",
        "beat",
        "db",
        "redis",
    }


@pytest.mark.parametrize("name", FILLED_IN)
def test_what_has_no_default_is_asked_for_by_name(name: str) -> None:
    with pytest.raises(Missing, match=f"^{name}: set {name}"):
        read({**FILLED_IN, name: ""})


def test_the_example_names_every_variable_of_the_file() -> None:
    deployment = (ROOT / ".env.example").read_text().split("--- deployment ---")[1]
    assert set(re.findall(r"^#?([A-Z_]+)=", deployment, re.MULTILINE)) == variables(raw())


def test_volumes_and_networks_are_declared_and_used() -> None:
    file = read(FILLED_IN)
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    joined = {network for service in SERVICES.values() for network in service["networks"]}
    assert mounted == set(file["volumes"])
    assert joined == set(file["networks"])


# --- closed ---


def test_the_site_knows_its_own_address() -> None:
    assert {SERVICES[name]["environment"]["SITE_URL"] for name in ("web", "beat")} == {
        "https://cards.example.org"
    }


def test_only_the_proxy_publishes_ports() -> None:
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]
    assert not any(service.get("network_mode") for service in SERVICES.values())


def test_only_what_has_to_reach_others_is_on_a_network_with_a_way_out() -> None:
    """The proxy and the web visitors and their browsers' mails, beat the mail server."""
    file = read(FILLED_IN)
    internal = {
        name for name, network in file["networks"].items() if network and network.get("internal") is True
    }
    outside = {name for name, service in SERVICES.items() if set(service["networks"]) - internal}
    assert outside == {"proxy", "web", "beat"}
    assert not set(SERVICES["proxy"]["networks"]) & internal


def test_no_secret_stands_in_the_file() -> None:
    """Each comes from a variable without a default, alone or within an address."""
    secret = re.compile("KEY|PASSWORD|SECRET|TOKEN|_URL$")
    found = [
        (name, value)
        for service in raw()["services"].values()
        for name, value in service.get("environment", {}).items()
        if secret.search(name) and name not in {"REDIS_URL", "SITE_URL"}  # which have none
    ]
    assert {name for name, _ in found} == {
        "SECRET_KEY",
        "POSTGRES_PASSWORD",
        "DATABASE_URL",
        "EMAIL_HOST_PASSWORD",
    }
    for name, value in found:
        if name == "DATABASE_URL":
            value = re.fullmatch(r"postgres://chapter5:(.*)@db:5432/chapter5", value)[1]
        assert re.fullmatch(r"\$\{\w*(KEY|PASSWORD)(:\?[^}]*|:-)?\}", value), name


@every_service
def test_each_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert str(service["user"]).split(":")[0] not in {"", "0", "root"}
    assert service["read_only"] is (name not in NO_READ_ONLY_ROOT)
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")


@every_service
def test_each_service_has_limits_and_ends_well(name: str) -> None:
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert service["logging"] == {
        "driver": "json-file",
        "options": {"max-size": "10m", "max-file": "3"},
    }
    assert service["init"] is True
    assert service["restart"] == ("no" if name == "prepare" else "unless-stopped")


@every_service
def test_each_service_that_goes_on_has_a_health_check(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    if name in NO_HEALTH_CHECK:
        assert check == {"disable": True}
    else:
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        assert set(check) >= {"test", "interval", "timeout", "retries"}


def test_what_waits_for_health_waits_for_a_service_that_has_a_check() -> None:
    for service in SERVICES.values():
        for needed, how in service.get("depends_on", {}).items():
            is_checked = needed not in NO_HEALTH_CHECK
            assert how["condition"] == ("service_healthy" if is_checked else "service_completed_successfully")


# --- what runs ---


def test_the_web_runs_as_make_run_runs_it() -> None:
    [web, *_] = declared("0.0.0.0", 8000)
    assert SERVICES["web"]["command"] == ["python", *web.command[1:]]
    assert SERVICES["web"]["environment"].items() >= web.environment.items()


def test_the_workers_are_those_of_make_run(settings: Any) -> None:
    settings.DEMO_WORKERS = True
    names = {program.command[-1] for program in declared("0.0.0.0", 8000)[1:]}
    commands = [SERVICES[name]["command"] for name in ("worker", "beat")]
    assert all(command[:3] == ["python", "-m", "chapter5.worker"] for command in commands)
    assert [name for command in commands for name in command[3:]] == ["light", "heavy", "keeper"]
    assert names == {"light", "heavy", "keeper"}


def test_a_worker_computes_on_the_cpu_or_on_a_gpu_by_profile() -> None:
    assert {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service} == {
        "worker": ["cpu"],
        "worker-gpu": ["gpu"],
    }
    cpu, gpu = SERVICES["worker"], SERVICES["worker-gpu"]
    assert cpu["command"] == gpu["command"]
    assert cpu["build"]["target"] == gpu["build"]["target"] == "worker"
    [device] = gpu["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "device_ids": ["0"], "capabilities": ["gpu"]}
    assert "reservations" not in cpu["deploy"]["resources"]


@pytest.mark.parametrize("name", ["worker", "worker-gpu"])
def test_a_worker_has_room_for_the_largest_demo_of_each_queue(name: str) -> None:
    """A demo over its own limit is told so; one over the container's is killed without a word."""
    largest = sum(max(demo.megabytes for demo in demos() if demo.queue is queue) for queue in Queue)
    idle = 1000  # both parents, and supervision
    assert (
        int(SERVICES[name]["deploy"]["resources"]["limits"]["memory"].removesuffix("G")) * 1000
        >= largest + idle
    )


def test_workers_of_one_host_share_the_folder_of_the_lock() -> None:
    assert SERVICES["worker"]["volumes"] == SERVICES["worker-gpu"]["volumes"]
    assert "run:/data/run" in SERVICES["worker"]["volumes"]
    assert SERVICES["worker"]["environment"]["DATA_DIR"] == "/data"


def test_the_pets_are_fetched_into_the_volume_that_workers_read() -> None:
    """By a container that has a way out, which no worker has: the command stands in docs/deployment.md."""
    file = read(FILLED_IN)
    said = re.search(
        r"docker run --rm --volume (\w+)_(\w+):(\S+) --env DATA_DIR=(\S+) (\w+)-(\w+) python manage.py fetch_pets",
        (ROOT / "docs" / "deployment.md").read_text().replace("\\\n  ", ""),
    )
    assert said
    project, volume, folder, data, image, service = said.groups()
    assert project == image == file["name"]
    assert f"{volume}:{folder}:ro" in SERVICES[service]["volumes"]
    assert SERVICES[service]["environment"]["DATA_DIR"] == data
    assert Path(folder) == Path(data) / settings.DEMO_PHOTOS.relative_to(settings.DATA_DIR)


def test_there_is_one_beat() -> None:
    assert SERVICES["beat"]["deploy"]["replicas"] == 1
    assert not any("replicas" in service["deploy"] for name, service in SERVICES.items() if name != "beat")


def test_nothing_that_scales_has_a_name_or_a_port_of_its_own() -> None:
    for name in ("web", "worker", "worker-gpu"):
        assert not {"container_name", "ports", "hostname"} & set(SERVICES[name])


# --- the images ---


def stages() -> dict[str, list[str]]:
    """The instructions of each stage of the Dockerfile, with those of the stages it stands on before them."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found: dict[str, list[str]] = {}
    for line in lines:
        if match := re.fullmatch(r"FROM (\S+) AS (\S+)", line):
            own = found[match[2]] = list(found.get(match[1], []))
        own.append(line)
    return found


@pytest.mark.parametrize("name", sorted(BUILT))
def test_each_image_is_a_stage_whose_user_is_the_service_s(name: str) -> None:
    stage = stages()[SERVICES[name]["build"]["target"]]
    assert [line for line in stage if line.startswith("USER")] == [f"USER {SERVICES[name]['user']}"]
    assert stage[-1].startswith("USER")


@pytest.mark.parametrize("name", sorted(BUILT))
def test_each_volume_s_folder_is_in_the_image_and_the_user_s(name: str) -> None:
    """A new volume takes its owner from there."""
    stage = "\n".join(stages()[SERVICES[name]["build"]["target"]])
    owned = re.findall(r"install -d -o 10001 -g 10001 ([^&\n]+)", stage)
    folders = [folder for line in owned for folder in line.split()]
    assert {volume.split(":")[1] for volume in SERVICES[name].get("volumes", [])} <= set(folders)


def test_only_the_worker_s_image_has_torch() -> None:
    has_torch = {name for name, lines in stages().items() if re.search(r"torch|\[worker\]", "\n".join(lines))}
    assert has_torch == {"worker"}
    assert {name for name in BUILT if SERVICES[name]["build"]["target"] == "worker"} == {
        "worker",
        "worker-gpu",
    }


def test_what_the_images_copy_is_there_and_nothing_else_is_sent() -> None:
    first, *rules = [
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")
    ]
    kept = {rule[1:] for rule in rules if rule.startswith("!")}
    assert first == "*"
    assert all((ROOT / name).exists() for name in kept)
    assert kept >= {"manage.py", "cards", "chapter5", "static", "templates"}
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY") and not line.startswith(("COPY . ", "COPY --from=")):
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists()
                assert source.split("/")[0] in kept
