"""Words that nobody should send, and somebody will: each is answered 4xx with a reason, and nothing is stored."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fixtures.refusing import FINE, JSON, nothing_is_stored, refused, saying
from tests.fixtures.street import Street, something

KEY = "0123456789abcdef0123456789abcdef"
LARGEST = 64 * 1024


@pytest.fixture(autouse=True)
async def nothing_stored(street: Street) -> AsyncIterator[None]:
    async with nothing_is_stored(street):
        yield


BODIES = {
    "nothing": b"",
    "spaces": b"  \n",
    "no JSON": b"text=hello",
    "half of it": saying()[:-7],
    "two of them": saying() + saying(),
    "GBK": json.dumps(FINE, ensure_ascii=False).encode("gbk"),
    "UTF-16": json.dumps(FINE).encode("utf-16"),
    "UTF-16 without a mark": json.dumps(FINE).encode("utf-16-le"),
    "UTF-32": json.dumps(FINE).encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf" + saying(),
    "half a character": saying()[:11] + b"\xe7\x81" + saying()[11:],
    "a raw surrogate": b'{"text": "\xed\xa0\x80", "location": {"building": "1"}}',
    "an escaped surrogate": b'{"text": "\\ud800", "location": {"building": "1"}}',
    "surrogates the wrong way round": b'{"text": "\\udc00\\ud800", "location": {"building": "1"}}',
    "a raw control character": b'{"text": "a\x01b", "location": {"building": "1"}}',
    "a null byte": b'{"text": "a\x00b", "location": {"building": "1"}}',
    "10,000 brackets": b"[" * 10_000,
    "10,000 brackets, closed": b"[" * 10_000 + b"]" * 10_000,
    "10,000 objects": b'{"text":' * 7_000 + b"1" + b"}" * 7_000,
    "a name twice": b'{"text": "a", "text": "b", "location": {"building": "1"}}',
    "a name twice, once in disguise": b'{"text": "a", "te\\u0078t": "b", "location": {"building": "1"}}',
    "a name twice, deep within": b'{"text": "a", "location": {"building": "1", "building": "2"}}',
    "NaN": b'{"text": "a", "location": {"lon": NaN, "lat": 1}}',
    "Infinity": b'{"text": "a", "location": {"lon": 1, "lat": -Infinity}}',
    "a number too large": b'{"text": "a", "location": {"lon": 1e999, "lat": 1}}',
    "5,000 digits": b'{"text": "a", "location": {"lon": ' + b"9" * 5_000 + b', "lat": 1}}',
    "a list": b"[" + saying() + b"]",
    "a string": json.dumps("{}").encode(),
    "a number": b"1",
    "null": b"null",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_cannot_be_read(street: Street, body: bytes):
    """As a submission, as feedback and as a command: the same bytes, the same answer."""
    told = refused(await street.residents.post("/v1/requests", content=body, headers=JSON), 400, 422)
    assert FINE["text"] not in json.dumps(told, ensure_ascii=False)


FIELDS = {
    "no text": {"text": None},
    "empty text": {"text": ""},
    "text of spaces": {"text": " \t\n\u3000"},
    "text of a number": {"text": 1},
    "text of a list": {"text": ["a"]},
    "text too long": {"text": "长" * 4001},
    "an escape sequence": {"text": "\x1b[31mred"},
    "a bell": {"text": "ding\x07"},
    "delete": {"text": "a\x7f"},
    "a control of ISO 8859": {"text": "a\x85\x9b31m"},
    "a null": {"text": "a\x00b"},
    "a bidi override": {"text": "abc\u202egpj.exe"},
    "a bidi override to the right": {"text": "abc\u202ddef"},
    "a line separator": {"text": "a\u2028b"},
    "an unknown kind": {"kind": "nonsense"},
    "a kind of another type": {"kind": {"$ne": "issue"}},
    "an operator for a category": {"category": {"$gt": ""}},
    "an operator for a text": {"text": {"$regex": ".*"}},
    "an operator beside": {"$where": "sleep(1000)"},
    "a field nobody knows": {"status": "closed"},
    "an id": {"id": "0190b4f0-0000-7000-8000-000000000000"},
    "imported": {"imported": True},
    "a prototype": {"__proto__": {"imported": True}},
    "a category too long": {"category": "x" * 65},
    "a category over two lines": {"category": "a\nb"},
    "no location": {"location": None},
    "an empty location": {"location": {}},
    "a location of words": {"location": "in the park"},
    "lon alone": {"location": {"lon": 121.4}},
    "lon of words": {"location": {"lon": "121.4", "lat": 31.2}},
    "lon of truth": {"location": {"lon": True, "lat": 31.2}},
    "lon of a list": {"location": {"lon": [121.4], "lat": 31.2}},
    "lon beyond the world": {"location": {"lon": 180.0001, "lat": 31.2}},
    "lat beyond the pole": {"location": {"lon": 121.4, "lat": -90.5}},
    "a unit without its building": {"location": {"unit": "602"}},
    "an entrance without its building": {"location": {"entrance": "2单元", "address": "青禾路6弄"}},
    "an address over two lines": {"location": {"address": "a\nb"}},
    "a phone of words": {"reporter": {"phone": "call me"}},
    "a phone too short": {"reporter": {"phone": "1"}},
    "a phone too long": {"reporter": {"phone": "1" * 40}},
    "a phone of a number": {"reporter": {"phone": 13800001111}},
    "a phone with an order": {"reporter": {"phone": "13800001111; DROP TABLE"}},
    "a phone and a newline": {"reporter": {"phone": "13800001111\r\nBcc: x"}},
    "a phone of the stars": {"reporter": {"phone": "+999 13800001111"}},
    "a name over two lines": {"reporter": {"name": "a\r\nb"}},
    "a name too long": {"reporter": {"name": "名" * 65}},
    "a reporter of words": {"reporter": "me"},
}


@pytest.mark.parametrize("said", FIELDS.values(), ids=FIELDS.keys())
async def test_a_field_that_cannot_be_used(street: Street, said: dict[str, Any]):
    """Whoever sends it learns which one, and why."""
    problem = refused(await street.residents.post("/v1/requests", content=saying(**said), headers=JSON), 422)
    assert problem["errors"][0]["why"]
    assert problem["errors"][0]["field"].split(".")[0] in {*FINE, *said}


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize(
    "path", ["/v1/requests", "/v1/requests/{code}/feedback", "/v1/commands/AcceptRequest"]
)
async def test_a_body_of_another_type(
    street: Street, path: str, kind: str | None, request_of: dict[str, str]
):
    headers = {} if kind is None else {"content-type": kind}
    door, headers = door_of(street, path, request_of, headers)
    refused(await door.post(path.format(**request_of), content=saying(), headers=headers), 415)


@pytest.fixture(scope="module")
async def request_of(street: Street) -> dict[str, str]:
    """A request that stands and is assigned: bad input about it changes nothing."""
    told = await street.submit(category=something())
    await street.reaches(told["id"], "assigned")
    return told


def door_of(
    street: Street, path: str, told: dict[str, str], headers: dict[str, str]
) -> tuple[httpx.AsyncClient, dict[str, str]]:
    if "commands" in path:
        return street.staff, headers
    return street.residents, headers | {"authorization": f"Bearer {told['token']}"}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize(
    "path", ["/v1/requests/{code}/feedback", "/v1/requests/{code}/amendments", "/v1/commands/AcceptRequest"]
)
async def test_an_unreadable_body_everywhere_else(
    street: Street, path: str, body: bytes, request_of: dict[str, str]
):
    """Every route reads as strictly as the first one."""
    door, headers = door_of(street, path, request_of, JSON)
    refused(await door.post(path.format(**request_of), content=body, headers=headers), 400, 422)


ANSWERS = {
    "nothing": {},
    "solved in words": {"solved": "yes", "satisfaction": 3},
    "solved as a number": {"solved": 1, "satisfaction": 3},
    "no stars": {"solved": True, "satisfaction": 0},
    "six stars": {"solved": True, "satisfaction": 6},
    "half a star": {"solved": True, "satisfaction": 4.5},
    "stars in words": {"solved": True, "satisfaction": "5"},
    "stars beyond counting": {"solved": True, "satisfaction": 10**400},
    "a comment too long": {"solved": True, "satisfaction": 3, "comment": "长" * 4001},
    "a comment with a null": {"solved": True, "satisfaction": 3, "comment": "a\x00b"},
    "something else": {"solved": True, "satisfaction": 3, "status": "closed"},
}


@pytest.mark.parametrize("said", ANSWERS.values(), ids=ANSWERS.keys())
async def test_an_answer_that_is_none(street: Street, said: dict[str, Any], request_of: dict[str, str]):
    path = f"/v1/requests/{request_of['code']}/feedback"
    headers = {"authorization": f"Bearer {request_of['token']}"}
    refused(await street.residents.post(path, json=said, headers=headers), 422)


COMMANDS = {
    "unknown": ("TeleportRequest", {}, 404),
    "not of this door": ("SubmitRequest", {"code": "x"}, 404),
    "a path": ("..%2f..%2fetc%2fpasswd", {}, 404),
    "a wildcard": ("%3E", {}, 404),
    "no request": ("AcceptRequest", {"request": None}, 422),
    "a wildcard for a request": ("AcceptRequest", {"request": "*"}, 422),
    "a subject for a request": ("AcceptRequest", {"request": "a.b.>"}, 422),
    "an operator for a request": ("AcceptRequest", {"request": {"$gt": ""}}, 422),
    "an actor": ("AcceptRequest", {"actor": "staff:boss"}, 422),
    "a tenant": ("AcceptRequest", {"tenant": "another"}, 422),
    "a time": ("AcceptRequest", {"at": "2020-01-01T00:00:00Z"}, 422),
    "a field nobody knows": ("AcceptRequest", {"status": "closed"}, 422),
    "a worker of words": ("AcceptRequest", {"worker": "张 三"}, 422),
    "no reason": ("HoldRequest", {}, 422),
    "an empty reason": ("HoldRequest", {"reason": "  "}, 422),
    "a reason too long": ("HoldRequest", {"reason": "长" * 201}, 422),
    "a reason with a null": ("HoldRequest", {"reason": "a\x00b"}, 422),
    "a reason in disguise": ("HoldRequest", {"reason": "abc\u202egpj.exe"}, 422),
    "a note of numbers": ("NoteProgress", {"note": 1}, 422),
    "a note too long": ("NoteProgress", {"note": "长" * 4001}, 422),
    "a note with an escape": ("NoteProgress", {"note": "\x1b[2J"}, 422),
    "a note for a wildcard": ("NoteProgress", {"note": "words", "request": "*"}, 422),
    "a note for a subject": ("NoteProgress", {"note": "words", "request": "a.b"}, 422),
    "a box that the door did not seal": ("NoteProgress", {"note": {"key": "k", "box": "YQ=="}}, 422),
    "an unknown grid": ("AssignGrid", {"grid": "nowhere"}, 409),
    "an unknown rule": ("AssignGrid", {"grid": "G-1", "rule": "position"}, 409),
    "a date without a zone": ("ReopenRequest", {"due_at": "2026-03-01T00:00:00"}, 422),
    "a date beyond all time": ("ReopenRequest", {"due_at": 1e300}, 422),
    "an unknown duty": ("PostWorker", {"grid": "G-1", "duty": "king", "worker": "w1", "request": None}, 422),
    "a post by another name": (
        "PostWorker",
        {"grid": "G-1", "duty": "worker", "worker": "w1", "post": "p"},
        422,
    ),
    "a contact of anything": (
        "PostWorker",
        {"grid": "G-1", "duty": "worker", "worker": "w1", "sealed": {"diary": "x"}, "request": None},
        422,
    ),
    "a post where nothing is drawn": (
        "PostWorker",
        {"grid": "G-99", "duty": "worker", "worker": "w1", "request": None},
        409,
    ),
    "the absence of nobody": (
        "NoteAbsence",
        {
            "worker": "w-nobody",
            "starts": "2030-01-01T00:00:00Z",
            "ends": "2030-01-02T00:00:00Z",
            "request": None,
        },
        409,
    ),
    "a night where nothing is drawn": (
        "RosterDuty",
        {"area": "G-99", "month": "2030-01", "starts": "2030-01-01T10:00:00Z", "ends": "2030-01-01T20:00:00Z"}
        | {"worker": "w-li", "request": None},
        409,
    ),
    "a question without words": ("AskResident", {"question": " "}, 422),
    "a contact with an escape": (
        "PostWorker",
        {"grid": "G-1", "duty": "worker", "worker": "w1", "sealed": {"name": "\x1b[2J"}, "request": None},
        422,
    ),
}


@pytest.mark.parametrize(("name", "said", "status"), COMMANDS.values(), ids=COMMANDS.keys())
async def test_a_command_that_is_none(
    street: Street, name: str, said: dict[str, Any], status: int, request_of: dict[str, str]
):
    body = {k: v for k, v in ({"request": request_of["id"]} | said).items() if v is not None}
    refused(await street.staff.post(f"/v1/commands/{name}", json=body), status)


KEYS = {
    "short": "abc",
    "empty": "",
    "long": "k" * 257,
    "very long": "k" * 7_000,
    "with a space": "0123456789 abcdef",
    "beyond ASCII": "0123456789abcdef\xe9",
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
async def test_a_key_that_names_no_intent(street: Street, key: str, request_of: dict[str, str]):
    headers = [("idempotency-key", key.encode("latin-1")), *JSON.items()]
    refused(await street.residents.post("/v1/requests", content=saying(), headers=headers), 400)
    if key != "abc":
        body = json.dumps({"request": request_of["id"]}).encode()
        answer = await street.staff.post(
            "/v1/commands/AcceptRequest",
            content=body,
            headers=[*headers, ("authorization", street.staff.headers["authorization"])],
        )
        refused(answer, 400, 422)


async def test_two_keys_are_no_key(street: Street):
    headers = [*JSON.items(), ("idempotency-key", KEY), ("idempotency-key", KEY[::-1])]
    refused(await street.residents.post("/v1/requests", content=saying(), headers=headers), 400)


@pytest.mark.parametrize("door", ["intake", "console"])
@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
async def test_more_than_the_door_takes(street: Street, chunked: bool, door: str):
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 2_000

    content = pieces() if chunked else b"x" * (LARGEST + 1)
    client, path = (
        (street.residents, "/v1/requests") if door == "intake" else (street.staff, "/v1/commands/HoldRequest")
    )
    refused(await client.post(path, content=content, headers=JSON), 413)
