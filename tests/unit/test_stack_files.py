"""What a local stack keeps on disk: secrets, ports, and whose processes are whose."""

import json
import os
import socket
import stat
import subprocess
import sys

import pytest

from lastmile import keys, ports
from lastmile.stack import Stack, birth, settings_for
from lastmile.trouble import Trouble


@pytest.fixture
def stack(tmp_path):
    made = Stack(tmp_path / "data")
    made.make_room()
    return made


def test_secrets_are_made_once_and_for_the_owner_alone(stack):
    first = stack.secrets
    path = stack.at / "secrets.env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Stack(stack.data).secrets == first


def test_a_secret_that_was_lost_is_told_and_never_made_anew(stack):
    kept = [line for line in keys.as_environment(stack.secrets).splitlines() if "MASTER" not in line]
    (stack.at / "secrets.env").write_text("\n".join(kept))
    with pytest.raises(Trouble, match="LASTMILE_MASTER_KEY"):
        _ = Stack(stack.data).secrets


def test_every_service_logs_in_as_itself(stack):
    stack.choose_ports({"intake": ports.pick([]), "console": ports.pick([])})
    settings = stack.settings("routing")
    assert settings.nats_user == "routing"
    environment = stack.environment("routing")
    assert environment["LASTMILE_NATS_PASSWORD"] == stack.secrets[keys.password_name("routing")]
    assert not [name for name in environment if name.startswith("LASTMILE_NATS_PASSWORD_")]
    assert json.loads(environment["LASTMILE_SERVICE_URLS"])["intake"] == stack.url("intake")


def test_ports_are_kept_unless_somebody_took_them(stack):
    doors = {"intake": ports.pick([]), "console": ports.pick([])}
    stack.choose_ports(doors)
    first = dict(stack.record.ports)
    with socket.create_server(("127.0.0.1", first["nats"])):
        again = Stack(stack.data)
        again.choose_ports({"intake": None, "console": None})
    assert again.record.ports["nats"] != first["nats"]
    assert {k: v for k, v in again.record.ports.items() if k != "nats"} == {
        k: v for k, v in first.items() if k != "nats"
    }


def test_a_door_whose_port_is_taken_is_named(stack):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=str(port)):
            stack.choose_ports({"intake": port, "console": ports.pick([])})


def test_only_one_supervisor_holds_the_data(stack):
    with stack.held(), pytest.raises(Trouble, match=f"process {os.getpid()}"), Stack(stack.data).held():
        pass
    with Stack(stack.data).held():
        pass


def test_what_a_killed_supervisor_left_is_ended_and_nothing_else(stack):
    """A process with the same pid that was born at another time is somebody else's."""
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(sleeper) as ours, subprocess.Popen(sleeper) as other:
        stack.note_birth("routing", ours.pid)
        stack.note_birth("notify", other.pid)
        stack.record.born["notify"] = "another time"
        assert stack.end_orphans() == ["routing"]
        assert ours.wait(timeout=5) != 0
        assert birth(ours.pid) == ""
        assert other.poll() is None
        other.kill()


def test_without_a_stack_a_program_says_how_to_start_one(tmp_path, monkeypatch):
    monkeypatch.delenv("LASTMILE_MASTER_KEY", raising=False)
    with pytest.raises(Trouble, match="There is no stack in") as trouble:
        settings_for(tmp_path / "none")
    assert "lastmile up --data" in trouble.value.todo


def test_in_a_container_the_environment_is_enough(monkeypatch):
    for name, value in keys.make().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LASTMILE_TENANT", "riverside")
    assert settings_for(None).tenant == "riverside"
