"""compose.yaml, Dockerfile and the balancer name what there is."""

import re
import tomllib
from dataclasses import fields

import pytest
import yaml
from repository import REPOSITORY

from rag.cli.parser import build_parser
from rag.config import Settings

COMPOSE = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text("utf-8")
BALANCER = (REPOSITORY / "deploy" / "nginx.conf").read_text("utf-8")
SETTINGS = {f"WENJU_{field.name.upper()}" for field in fields(Settings)}
SERVICES = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_for_services_that_tell_their_health(name):
    for other in SERVICES[name].get("depends_on", {}):
        has_check = "healthcheck" in SERVICES[other] or SERVICES[other].get("build") == "."
        assert has_check, other


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_mounts_is_there(name):
    for mount in SERVICES[name].get("volumes", []):
        source = mount.split(":")[0]
        assert source in COMPOSE["volumes"] or (REPOSITORY / source).is_file()


@pytest.mark.parametrize("name", ["api-1", "api-2"])
def test_an_api_process_has_settings_that_there_are(name):
    environment = SERVICES[name]["environment"]
    assert set(environment) <= SETTINGS

    given = {key: re.sub(r"\$\{\w+:[^}]*\}", "secret", value) for key, value in environment.items()}
    settings = Settings.from_environment(given)

    assert (settings.store, settings.milvus_uri) == ("milvus", "http://milvus:19530")
    assert settings.database_url == "postgresql://wenju:secret@postgres/wenju"
    assert {"milvus", "postgres"} == set(SERVICES[name]["depends_on"])


def test_the_balancer_knows_the_api_processes_and_keeps_a_visitor_with_one():
    assert re.findall(r"server (api-\d+):8000;", BALANCER) == ["api-1", "api-2"]
    assert "ip_hash;" in BALANCER
    assert "proxy_buffering off;" in BALANCER


def test_the_image_installs_extras_and_copies_files_that_there_are():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    extras = re.search(r'"\.\[([\w,-]+)\]"', DOCKERFILE)[1].split(",")
    copied = [name for line in re.findall(r"^COPY (.*)", DOCKERFILE, re.M) for name in line.split()]

    assert set(extras) <= set(project["optional-dependencies"])
    assert all((REPOSITORY / name).exists() for name in copied if not name.startswith("./"))
    assert set(re.findall(r"(WENJU_\w+)=", DOCKERFILE)) <= SETTINGS


def test_the_image_runs_commands_that_there_are():
    served = re.search(r'^CMD \["wenju", (.*)\]', DOCKERFILE, re.M)[1]
    arguments = [each.strip(' "') for each in served.split(",")]

    assert build_parser().parse_args(arguments).run
    assert "wenju setup" in DOCKERFILE
