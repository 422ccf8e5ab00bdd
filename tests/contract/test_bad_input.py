"""What nobody should send, and somebody will: each is answered 4xx with a reason, and nothing is stored."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from tests.fixtures.street import INSIDE, Street, something

FINE: dict[str, Any] = {"text": "路灯不亮", "location": INSIDE}
JSON = {"content-type": "application/json"}
KEY = "0123456789abcdef0123456789abcdef"
LARGEST = 64 * 1024


def saying(**changes: Any) -> bytes:
    return json.dumps(FINE | changes).encode()


@pytest.fixture(autouse=True)
async def nothing_stored(street: Street) -> AsyncIterator[None]:
    """After each of these the journal holds what it held before."""
    before = await street.size()
    yield
    assert await street.size() == before


def refused(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """A problem as RFC 9457 has it, which says why, and does not repeat what was sent."""
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["reason"].isidentifier()
    assert problem["title"]
    return problem


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


CODES = {
    "nothing like one": "hello",
    "one letter wrong": "0123456789ABC",
    "too long": "0" * 64,
    "far too long": "0" * 1_000,
    "a path": "..%2f..%2fetc%2fpasswd",
    "a null": "%00",
    "a newline": "0123456789ABC%0A",
    "a wildcard": "*",
    "a greater wildcard": "%3E",
    "a subject": "a.b.%3E",
    "an operator": "%7B%22$gt%22:%22%22%7D",
    "bytes": "%ff%fe",
    "digits of elsewhere": "%EF%BC%90%EF%BC%91",
    "an order": "1'%20OR%20'1'='1",
}


@pytest.mark.parametrize("code", CODES.values(), ids=CODES.keys())
async def test_a_code_that_is_none(street: Street, code: str):
    """At both doors; also where it would be an address on the bus."""
    refused(await street.residents.get(f"/v1/requests/{code}"), 404, 422)
    refused(await street.staff.get(f"/v1/requests/{code}"), 404, 422)
    refused(
        await street.residents.post(
            f"/v1/requests/{code}/feedback",
            json={"solved": True, "satisfaction": 3},
            headers={"authorization": "Bearer x"},
        ),
        403,
        404,
        422,
    )
    refused(await street.staff.post(f"/v1/requests/{code}/erasure"), 404, 422)


PAGES = {
    "limit 0": "limit=0",
    "limit -1": "limit=-1",
    "limit without end": "limit=99999999999999999999999",
    "limit of words": "limit=many",
    "limit of a fraction": "limit=1.5",
    "an unknown status": "status=lost",
    "an operator for a status": "status[$ne]=closed",
    "an operator for a grid": "grid[$gt]=",
    "a filter nobody knows": "owner=me",
    "a grid too long": f"grid={'g' * 65}",
    "a null": "grid=%00",
    "a cursor of words": "after=hello",
    "a cursor of other bytes": "after=%ff%fe",
    "an empty cursor": "after=",
    "a cursor beyond all time": "after=MDAwMS0wMS0wMVQwMDowMDowMCsyMzo1OSB4",
    "a cursor too long": f"after={'a' * 400}",
}


@pytest.mark.parametrize("query", PAGES.values(), ids=PAGES.keys())
async def test_a_page_that_is_none(street: Street, query: str):
    refused(await street.staff.get(f"/v1/ledger?{query}"), 400, 422)


async def test_an_operator_as_a_value_is_a_word_that_nothing_has(street: Street):
    found = await street.staff.get("/v1/ledger", params={"grid": '{"$gt": ""}'})
    assert found.json() == {"items": [], "next": None}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("mark", ["hello", "-1", "1.5", "9" * 30, "9223372036854775808", "NaN"])
async def test_a_place_in_the_live_line_that_is_none(street: Street, mark: str):
    refused(await street.staff.get("/v1/live", headers={"last-event-id": mark}), 422)
    refused(await street.staff.get("/v1/live", params={"after": mark}), 422)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/requests"),
        ("PUT", "/v1/requests"),
        ("DELETE", "/v1/requests"),
        ("PATCH", "/v1/requests"),
        ("OPTIONS", "/v1/requests"),
        ("TRACE", "/v1/requests"),
        ("QUERY", "/v1/requests"),
        ("POST", "/v1/requests/0123456789ABC"),
        ("GET", "/v1/requests/0123456789ABC/feedback"),
        ("POST", "/livez"),
        ("DELETE", "/"),
    ],
)
async def test_a_method_that_is_none(street: Street, method: str, path: str):
    problem = await street.residents.request(method, path)
    refused(problem, 405)
    assert problem.headers["allow"]


@pytest.mark.parametrize("path", ["/v1/requests", "/v1/requests/0123456789ABC", "/v2", "/nowhere"])
async def test_a_head_has_no_body_and_the_same_answer(street: Street, path: str):
    answer = await street.residents.head(path)
    assert answer.status_code in (404, 405)
    assert answer.content == b""


@pytest.mark.parametrize("door", ["residents", "staff"])
async def test_a_place_that_is_none(street: Street, door: str):
    for path in ("/nowhere", "/v1", "/v1/requests/a/b/c", "/static/..%2f..%2fapp.py", "//etc/passwd"):
        refused(await getattr(street, door).get(path), 404)


def forged(street: Street, **how: Any) -> str:
    claims: dict[str, Any] = {
        "sub": "s-chen",
        "role": "staff",
        "tenant": street.settings.tenant,
        "exp": datetime.now(UTC) + timedelta(hours=1),
    }
    key = how.pop("key", street.settings.staff)
    algorithm = how.pop("algorithm", "HS256")
    said = {name: value for name, value in (claims | how).items() if value is not None}
    return jwt.encode(said, key, algorithm)


def stolen(street: Street) -> dict[str, str]:
    """Tokens that this door must not take, by what is wrong with them."""
    good = forged(street)
    head, body, mark = good.split(".")
    return {
        "nothing": "",
        "words": "hello",
        "bytes": "\xff\xfe",
        "no signature": f"{head}.{body}.",
        "alg none": forged(street, key=None, algorithm="none"),
        "another signature": f"{head}.{body}.{mark[::-1]}",
        "another key": forged(street, key=b"k" * 32),
        "another algorithm": forged(street, algorithm="HS384", key=street.settings.staff * 2),
        "another tenant": forged(street, tenant="elsewhere"),
        "expired": forged(street, exp=datetime.now(UTC) - timedelta(seconds=1)),
        "without an end": forged(street, exp=None),
        "not yet": forged(street, nbf=datetime.now(UTC) + timedelta(hours=1)),
        "an unknown role": forged(street, role="king"),
        "a role of two": forged(street, role=["staff", "worker"]),
        "no name": forged(street, sub=None),
        "a name that is an address": forged(street, sub="a.b.>"),
    }


async def test_a_token_that_is_none(street: Street):
    """At every route that needs one, and in the cookie, too."""
    for what, token in stolen(street).items():
        for method, path in (
            ("GET", "/v1/ledger"),
            ("GET", "/v1/live"),
            ("POST", "/v1/commands/AcceptRequest"),
            ("POST", "/v1/requests/0123456789ABC/erasure"),
        ):
            header = [("authorization", f"Bearer {token}".strip().encode("latin-1")), *JSON.items()]
            answer = await street.staff.request(method, path, headers=header, content=b"{}")
            refused(answer, 401)
            assert answer.headers["www-authenticate"] == "Bearer", what
    cookie = {"cookie": f"lastmile_staff={forged(street, key=None, algorithm='none')}", "authorization": ""}
    refused(await street.staff.get("/v1/ledger", headers=cookie), 401)


async def test_bytes_that_are_no_http(street: Street):
    """Headers that smuggle, lengths that lie: the server answers 400 or hangs up, and goes on."""
    port = street.stack.record["ports"]["intake"]
    for raw in (
        b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
        b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nIdempotency-Key: a\x00b\r\n\r\n",
        b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v1/requests HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
    ):
        said = await spoken(port, raw)
        assert said == b"" or said.split(b" ", 2)[1].startswith(b"4"), said
    assert (await street.residents.get("/livez")).status_code == 200


async def test_a_body_that_breaks_off_is_not_taken_for_whole(street: Street):
    """The words are there, the end is not: whoever hung up was told nothing, so nothing was said."""
    port = street.stack.record["ports"]["intake"]
    body = saying()
    head = b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    whole = b"%x\r\n%s\r\n" % (len(body), body)
    await spoken(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + whole, hang_up=True)
    await spoken(port, head + b"Content-Length: %d\r\n\r\n" % (len(body) + 1) + body, hang_up=True)
    assert (await street.residents.get("/livez")).status_code == 200


async def spoken(port: int, raw: bytes, *, hang_up: bool = False) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(raw)
        await writer.drain()
        if hang_up:
            return b""
        writer.write_eof()
        return await asyncio.wait_for(reader.read(400), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()
