"""docker-compose.yml says what operations.md promises."""

import re
from typing import Any

import pytest
import yaml

from meetmind.settings import env
from tests.served import ROOT


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_what_runs_for_long_fits_a_small_host(compose: dict[str, Any]) -> None:
    limits = {
        name: int(service["mem_limit"].removesuffix("m"))
        for name, service in compose["services"].items()
        if name != "migrate"  # gone before the others start
    }
    assert set(limits) == {"web", "worker", "dispatcher", "postgres", "redis"}
    assert sum(limits.values()) <= 900


def test_nothing_but_the_web_is_reachable_and_that_from_the_host_only(
    compose: dict[str, Any],
) -> None:
    ports = {
        name: service["ports"]
        for name, service in compose["services"].items()
        if "ports" in service
    }
    assert list(ports) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])


def test_every_part_waits_for_what_it_needs_and_is_watched(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "dispatcher"):
        waits = compose["services"][name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
    for name in ("worker", "postgres", "redis"):
        assert "test" in compose["services"][name]["healthcheck"]


def test_it_sets_only_settings_that_exist(compose: dict[str, Any]) -> None:
    assert set(compose["x-app"]["environment"]) <= set(env.read)


def test_what_it_asks_of_the_shell_stands_in_the_example(compose: dict[str, Any]) -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    example = (ROOT / ".env.example").read_text()
    assert all(f"\n{name}=" in example for name in asked)


def test_image_and_units_start_the_same_commands(compose: dict[str, Any]) -> None:
    web = " ".join(compose["services"]["web"]["command"])
    unit = (ROOT / "deploy" / "systemd" / "meetmind-web.service").read_text()
    for option in ("--proxy-headers", "--websocket-max-message-size=73728", "--no-server-name"):
        assert option in web
        assert option in unit
