"""Addresses, pages, methods and tokens that nobody should send: each is answered 4xx, and nothing is stored."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from tests.fixtures.refusing import JSON, nothing_is_stored, refused, saying
from tests.fixtures.street import Street


@pytest.fixture(autouse=True)
async def nothing_stored(street: Street) -> AsyncIterator[None]:
    async with nothing_is_stored(street):
        yield


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


@pytest.mark.parametrize("column", ["grid", "community", "category", "worker"])
@pytest.mark.parametrize("path", ["/v1/ledger", "/v1/figures/grid"])
async def test_a_filter_that_names_nothing_is_told_so(street: Street, path: str, column: str):
    """An empty page for a mistyped grid looks like a grid without troubles. An operator is a word that nothing has."""
    problem = refused(await street.staff.get(path, params={column: '{"$gt": ""}'}), 422)
    assert problem["errors"] == [{"field": f"query.{column}", "why": f"no {column} is called that"}]
    assert (await street.staff.get(path, params={"grid": "G-2", "since": "2020-01-01"})).status_code == 200


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
    except TimeoutError:
        raise
    except OSError:  # hung up: a reset, or nobody there any more to be told that we are through
        return b""
    finally:
        writer.close()
