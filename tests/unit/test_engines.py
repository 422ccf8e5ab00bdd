"""Which MongoDB serves the local stack, and what a newcomer is told when none does."""

import pytest

from lastmile import mongod, wheels
from lastmile.trouble import Trouble


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with only these programs on its PATH and nothing from wheels."""

    def has(**programs):
        for name, script in programs.items():
            path = tmp_path / name.replace("_", "-")
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
        monkeypatch.setattr(wheels, "from_wheel", lambda *_: None)

    return has


LACKS_CURL = "echo 'mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file' >&2; exit 127"


def test_a_mongod_that_runs_is_taken(machine):
    machine(mongod="exit 0")
    engine = mongod.choose()
    assert engine.name == "mongod"
    assert "replicaSet" in engine.url(1)


def test_a_missing_library_is_named_with_its_package(machine):
    machine(mongod=LACKS_CURL)
    with pytest.raises(Trouble, match=r"libcurl\.so\.4") as trouble:
        mongod.choose()
    assert "libcurl4" in trouble.value.todo


def test_a_silent_failure_is_a_failure(machine):
    machine(mongod="exit 1")
    with pytest.raises(Trouble, match="does not start here"):
        mongod.choose()


def test_secantusdb_is_taken_last_and_named_as_beta(machine):
    machine(mongod=LACKS_CURL, secantusd_py="exit 0")
    engine = mongod.choose()
    assert engine.name == "secantusdb"
    assert "beta" in engine.remark
    assert "replicaSet" not in engine.url(1)
