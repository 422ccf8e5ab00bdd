"""The envelope: what is written is what is read, and nothing in a value becomes a header of its own."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from pydantic_core import to_json

from shared.envelope import Fact, History, UnreadableError, read_fact, read_headers, write_headers
from shared.events.event import Event, Place, Sealed
from shared.events.request import RequestAccepted
from shared.events.submission import RequestSubmitted, RequestWithdrawn

TOKENS = st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z")
PRINTABLE = st.text(st.characters(blacklist_categories=("C", "Z")), max_size=40)
TIMES = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the bound has none
EVENTS = st.one_of(
    st.builds(RequestAccepted, at=TIMES, worker=TOKENS),
    st.builds(RequestWithdrawn, at=TIMES, reason=st.text()),
    st.builds(
        RequestSubmitted,
        at=TIMES,
        code=st.text(),
        place=st.builds(Place, lon=st.floats(-180, 180), lat=st.floats(-90, 90)),
        sealed=st.none() | st.builds(Sealed, key=TOKENS, box=st.binary()),
    ),
)
HISTORIES = st.builds(History, TOKENS, TOKENS, TOKENS, TOKENS, st.sampled_from(["journal", "delivery"]))
FACTS = st.builds(
    lambda event, **more: Fact(type=type(event).__name__, event=event, revision=0, **more),
    event=EVENTS,
    history=HISTORIES,
    id=TOKENS,
    version=st.integers(1, 2**40),
    cause=PRINTABLE,
    actor=PRINTABLE,
    recorded=TIMES,
    traceparent=PRINTABLE,
)
AT = datetime(2026, 3, 1, tzinfo=UTC)


@given(FACTS, st.integers(0, 2**53))
def test_headers_read_off_the_wire_say_what_the_client_says(fact: Fact, expected: int) -> None:
    """A rebuild reads them without the client, in the order in which we write them or in any other."""
    block = write_headers(fact, expected)
    theirs = parse(block)
    assert read_headers(block).items() <= theirs.items()
    assert len(read_headers(block)) == 7
    first, *lines = block.rstrip(b"\r\n").split(b"\r\n")
    turned = b"\r\n".join([first, *reversed(lines), b"", b""])
    assert read_headers(turned) == read_headers(block)


@pytest.mark.parametrize(
    "block", [b"", b"NATS/1.0\r\n\r\n", b"NATS/1.0\r\nce-id:x\r\nodd\r\n\r\n", b"\xff\xfe"]
)
def test_headers_that_are_not_there_are_not_there(block: bytes) -> None:
    assert set(read_headers(block)) <= {"ce-id"}


def parse(block: bytes) -> dict[str, str]:
    """As the client reads the headers of a message that the server delivers."""
    first, _, rest = block.partition(b"\r\n")
    assert first == b"NATS/1.0"
    return Client._parse_header_lines(rest)


@given(FACTS, st.integers(0, 2**53))
def test_a_fact_reads_as_it_was_written(fact: Fact, expected: int) -> None:
    headers = parse(write_headers(fact, expected))
    assert headers["Nats-Msg-Id"] == fact.id
    assert headers["Nats-Expected-Last-Subject-Sequence"] == str(expected)
    assert fact.event is not None
    read = read_fact(fact.history.subject, headers, to_json(fact.event, bytes_mode="base64"), 0)
    assert read == fact


@pytest.mark.parametrize("place", ["cause", "actor", "id", "traceparent"])
@pytest.mark.parametrize("value", ["a\r\nNats-Rollup: all", "a\nb", "a\rb", "a\x00b"])
def test_no_value_can_become_a_header(place: str, value: str) -> None:
    """An actor with a line break would be the sender of any header he likes."""
    values = {"cause": "c", "actor": "a", "id": "i", "traceparent": "t"} | {place: value}
    fact = _fact(**values)
    with pytest.raises(ValueError, match="printable"):
        write_headers(fact, 0)


@given(HISTORIES)
def test_a_history_is_its_subject(history: History) -> None:
    assert History.of(history.subject) == history


def test_the_partition_of_an_id_never_changes() -> None:
    """crc32 modulo 16, fixed for ever: these subjects stand in journals."""
    assert History("demo", "routing", "request", "a").subject == "journal.demo.03.routing.request.a"
    assert (
        History("demo", "notify", "delivery", "b", "delivery").subject == "delivery.demo.09.notify.delivery.b"
    )


@pytest.mark.parametrize(
    "subject",
    [
        "journal.demo.03.routing.request",  # too short
        "journal.demo.03.routing.request.a.b",  # too long
        "journal.demo.04.routing.request.a",  # not this id's partition
        "journal.demo.xx.routing.request.a",
        "journal.demo.03.routing.request.é",
    ],
)
def test_a_subject_that_is_no_history_is_unreadable_and_not_a_crash(subject: str) -> None:
    """Whoever may publish on a service's histories may misspell one: that message alone cannot be read."""
    headers = parse(write_headers(_fact(), 0))
    with pytest.raises(UnreadableError) as caught:
        read_fact(subject, headers, b'{"at":"2026-03-01T00:00:00Z","worker":"w"}', 7)
    assert (caught.value.subject, caught.value.revision, caught.value.history) == (subject, 7, None)


@pytest.mark.parametrize(
    ("change", "data", "why"),
    [
        ({"ce-type": None}, b"{}", "header ce-type is missing"),
        ({"lm-version": "two"}, b'{"at":"2026-03-01T00:00:00Z","worker":"w"}', "envelope: ValueError"),
        ({"ce-time": "yesterday"}, b'{"at":"2026-03-01T00:00:00Z","worker":"w"}', "envelope: ValueError"),
        ({}, b"\xff\xfe", "json_invalid"),
        (
            {},
            b'{"at":"2026-03-01T00:00:00Z","worker":"13800001111 \xe7\x8e\x8b"}',
            "worker: string_pattern_mismatch",
        ),
    ],
)
def test_why_an_event_cannot_be_read_is_said_without_its_values(
    change: dict[str, str | None], data: bytes, why: str
) -> None:
    """A value could be somebody's phone, so it stands in no log and no document."""
    headers = {k: v for k, v in (parse(write_headers(_fact(), 0)) | change).items() if v is not None}
    with pytest.raises(UnreadableError, match=why) as caught:
        read_fact(_fact().history.subject, headers, data, 7)
    assert "13800001111" not in str(caught.value)


def test_a_type_that_this_release_does_not_know_is_a_fact_without_an_event() -> None:
    headers = parse(write_headers(_fact(), 0)) | {"ce-type": "RequestTeleported"}
    fact = read_fact(_fact().history.subject, headers, b"not even JSON", 7)
    assert (fact.type, fact.event, fact.revision) == ("RequestTeleported", None, 7)


def test_without_headers_nothing_is_read() -> None:
    with pytest.raises(UnreadableError):
        read_fact(_fact().history.subject, None, b"{}", 1)


def _fact(**values: str) -> Fact:
    event: Event = RequestAccepted(at=AT, worker="w1")
    texts = {"id": "i", "cause": "c", "actor": "a", "traceparent": "t"} | values
    return Fact(
        history=History("demo", "routing", "request", "a"),
        type="RequestAccepted",
        version=1,
        revision=0,
        event=event,
        recorded=AT,
        **texts,
    )
