"""Grids and requests that somebody else has, into a stack without a demo: once, however often."""

import asyncio
import csv
import json
from pathlib import Path

import httpx
import pytest

from lastmile.corridor import corridor
from lastmile.stack import find
from tests.fixtures.running import Running, answered, lastmile


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    stack = Running(tmp_path_factory.mktemp("town"), "--no-demo").start()
    yield stack
    assert stack.stop() == 0


def square(west, number, district, worker=None):
    ring = [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]
    properties = {"number": number, "district": district} | ({"worker": worker} if worker else {})
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@pytest.fixture(scope="module")
def grids(town, tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "grids.geojson"
    features = [square(10, "1", "north", "w-ann"), square(11, 2, "north"), square(300, 3, "moon")]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    options = [str(path), f"--data={town.data}", "--code-template", "{number:02d} {district!u}"]
    return answered("grids", "import", *options), answered("grids", "import", *options)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "rows.csv"
    rows = [
        ("1", "2025-12-31 10:00", "Noise", "Banging", "10.5", "0.5", "01 NORTH"),
        ("2", "2025-12-31 10:05", "Noise", "Music", "11.5", "0.5", "02 NORTH"),
        ("3", "2025-12-31 10:10", "Light", "Out", "50", "50", "02 NORTH"),
        ("4", "2025-12-31 10:15", "Light", "Out", "", "", "01 NORTH"),
        ("5", "yesterday", "Light", "Out", "10.5", "0.5", "01 NORTH"),
        ("6", "2025-12-31 10:20", "", "", "10.5", "0.5", "01 NORTH"),
        ("7", "2025-12-31 10:20", "Light", "Out", "10.5", "", "01 NORTH"),
    ]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "when", "type", "more", "x", "y", "board"))
        writer.writerows(rows)
    return path


def test_grids_are_adopted_once_and_what_does_not_fit_is_named(grids):
    first, again = grids
    assert (first["grids"], first["adopted"], first["posted"]) == (2, True, 1)
    assert [row["feature"] for row in first["rejected"]] == [3]
    assert (again["plan"], again["adopted"], again["posted"]) == (first["plan"], False, 0)


def test_rows_become_requests_once_and_the_rest_comes_back_with_reasons(town, grids, table):
    mapping = "text=type+more,category=type,lon=x,lat=y,at=when,key=id"
    command = [
        "requests",
        "import",
        str(table),
        "--map",
        mapping,
        f"--data={town.data}",
        "--timezone=Asia/Shanghai",
    ]
    first, again = answered(*command), answered(*command)
    assert (first["rows"], first["accepted"], first["rejected"]) == (7, 4, 3)
    assert {**again, "rejected_file": ""} == {**first, "rejected_file": ""}
    with Path(first["rejected_file"]).open(encoding="utf-8-sig", newline="") as file:
        assert [(row["row"], row["id"]) for row in csv.DictReader(file)] == [
            ("6", "5"),
            ("7", "6"),
            ("8", "7"),
        ]

    assert answered("hot", "--json", f"--data={town.data}")["compared"] == 4, "it counts at once"
    agreed = answered(
        "requests", "agreement", str(table), "--key=id", "--expected=board", f"--data={town.data}"
    )
    assert (agreed["rows"], agreed["agreed"], agreed["differed"], agreed["missing"]) == (7, 2, 0, 3)
    assert agreed["nobody_on_duty"] == 1, "the second district has no worker: it waits in triage, seen there"
    assert agreed["triage"] == {"in_no_grid": 1, "no_place": 1}

    token = lastmile("token", "--role=staff", f"--data={town.data}").stdout.strip()
    ledger = httpx.get(
        f"{town.url('console')}/v1/ledger?limit=100&order=newest",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    ).json()["items"]
    assert len(ledger) == 4


def test_what_cannot_be_used_is_parked_and_can_be_looked_at(town):
    async def say(payload):
        async with corridor(find(town.data).settings()) as bus:
            return json.loads((await bus.client.request("inbound.sms.request", payload, timeout=10)).data)

    assert asyncio.run(say('{"text": "没有钥匙"'.encode()))["reason"] == "malformed"
    [row] = answered("parked", "list", f"--data={town.data}")
    assert (row["service"], row["subject"]) == ("intake", "inbound.sms.request")
    assert answered("parked", "show", row["id"], f"--data={town.data}")["payload"] == '{"text": "没有钥匙"'
    answer = answered("parked", "retry", row["id"], f"--data={town.data}", expect=1)
    assert answer["reason"] == "malformed"
    assert len(answered("parked", "list", f"--data={town.data}")) == 1
