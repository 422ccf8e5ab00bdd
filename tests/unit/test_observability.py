"""Logs and traces: what an operator needs, and nothing of anybody's."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from shared.observability import TRACEPARENT, child_of, new_traceparent, set_up_logging


@pytest.fixture
def logging_as_in_production() -> Iterator[None]:
    handlers = logging.root.handlers[:]
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.root.handlers[:] = handlers


@pytest.mark.usefixtures("logging_as_in_production")
def test_a_line_is_json_with_service_and_trace(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("routing")
    parent = new_traceparent()
    token = TRACEPARENT.set(parent)
    structlog.get_logger().info("started", replica="a")
    TRACEPARENT.reset(token)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["service"], line["replica"]) == ("started", "routing", "a")
    assert (line["level"], line["trace"]) == ("info", parent[3:35])


@pytest.mark.usefixtures("logging_as_in_production")
def test_a_traceback_says_where_and_what_and_never_whose(capsys: pytest.CaptureFixture[str]) -> None:
    """An error quotes the value that it did not like, and that may be a phone."""
    set_up_logging("routing")
    phone = str(13_800_001_111)
    try:
        int(f"{phone} 王")
    except ValueError as error:
        structlog.get_logger().exception("failed")
        structlog.get_logger().error("failed", exc_info=error)
    written = capsys.readouterr().err
    assert phone not in written
    for line in map(json.loads, written.splitlines()):
        assert line["exception"].endswith("builtins.ValueError")
        assert "test_observability.py" in line["exception"]


def test_a_trace_goes_on_with_a_span_of_our_own() -> None:
    parent = new_traceparent()
    child = child_of(parent)
    assert (child[:36], child[52:]) == (parent[:36], parent[52:])
    assert child != parent


@given(st.text(max_size=60))
def test_a_broken_trace_starts_anew_and_is_never_passed_on(text: str) -> None:
    """It stands in a header of every event: whatever somebody sent must not stop one from being written."""
    child = child_of(text)
    assert len(child) == 55
    assert set(child) <= set("0123456789abcdef-")


@pytest.mark.parametrize("odd", ["\x85", "G", "é", "A"])
def test_a_trace_of_the_right_shape_and_the_wrong_characters_is_broken(odd: str) -> None:
    assert child_of(f"00-{odd * 32}-{'a' * 16}-00")[3:35] != odd * 32
