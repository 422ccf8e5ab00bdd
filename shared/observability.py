"""What operators ask: how many wait, how long, how far behind, how many parked. Labels never hold an id."""

import logging
import os
import re
import sys
import traceback
from contextvars import ContextVar

import structlog
from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS_ACCEPTED = Counter(
    "lastmile_requests_accepted", "Submissions that the journal acknowledged", ["channel"]
)
HTTP_SECONDS = Histogram(
    "lastmile_http_seconds", "Time to answer at a door", ["door", "route", "status"], buckets=_FAST
)
EVENTS_APPENDED = Counter("lastmile_events_appended", "Events appended to a journal", ["service", "type"])
APPEND_CONFLICTS = Counter(
    "lastmile_append_conflicts", "Appends that lost a race and decided again", ["service"]
)
COMMANDS = Counter("lastmile_commands", "Commands answered", ["service", "command", "outcome"])
COMMAND_SECONDS = Histogram(
    "lastmile_command_seconds", "Time to decide and append", ["service", "command"], buckets=_FAST
)
CHAIN_SECONDS = Histogram(
    "lastmile_chain_seconds",
    "Time since the submission was recorded until this step was",
    ["step"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
CONSUMER_PENDING = Gauge(
    "lastmile_consumer_pending", "Messages not yet delivered to a consumer", ["consumer"]
)
CONSUMER_HANDLED = Counter("lastmile_consumer_handled", "Events handled", ["consumer", "type"])
CONSUMER_FAILED = Counter(
    "lastmile_consumer_failed", "Times a batch or an event was given back", ["consumer"]
)
UNKNOWN_EVENTS = Counter(
    "lastmile_unknown_events", "Event types that this release does not know", ["consumer", "type"]
)
HISTORIES_HELD = Gauge(
    "lastmile_histories_held", "Histories held because an event cannot be read", ["service"]
)
PARKED = Counter("lastmile_parked", "Messages put into the parking lot", ["service", "reason"])
DELIVERIES = Counter("lastmile_deliveries", "Deliveries by their outcome", ["channel", "gateway", "outcome"])
DELIVERIES_WAITING = Gauge(
    "lastmile_deliveries_waiting", "Deliveries that are not at their end, by where they stand", ["status"]
)
DELIVERIES_KEPT_BACK = Counter(
    "lastmile_deliveries_kept_back",
    "Messages that were not sent at once: held for quiet hours, a moment or a digest, folded into another, or not wanted",
    ["why"],
)
RECEIPTS = Counter(
    "lastmile_receipts",
    "What gateways said later of messages: recorded as confirmed, failed or accepted; nothing_new; early: kept until "
    "its name is known; not_ours: it names nothing that was sent; unusable",
    ["gateway", "outcome"],
)
RECEIPTS_WAITING = Gauge("lastmile_receipts_waiting", "Receipts kept until the name that they carry is known")
GATEWAY_HEALTH = Gauge(
    "lastmile_gateway_health", "1: all is well, 0: nothing gets through; a running mean of calls", ["gateway"]
)
GATEWAY_MISSET = Counter(
    "lastmile_gateway_misset",
    "Messages that a gateway did not take because of what is set for it: an approval, a signature, a right",
    ["gateway", "why"],
)
GATEWAY_SECONDS = Histogram("lastmile_gateway_seconds", "How long a gateway took to answer", ["gateway"])
GATEWAY_BOUND = Gauge(
    "lastmile_gateway_bound", "Connections that a gateway keeps to its provider, and has now", ["gateway"]
)
VAULT_POOL = Gauge("lastmile_vault_pool", "Keys made ahead and stored", ["service"])
READY = Gauge("lastmile_ready", "1 when the service can do its work", ["service"])
WITHOUT_OWNER = Gauge(
    "lastmile_requests_without_owner", "Open requests outside triage that have no named worker: must read 0"
)
POLICY_FALLBACKS = Counter(
    "lastmile_policy_fallbacks",
    "Requests whose own policy could not be read: the present one was asked",
    ["why"],
)
LIVE_CLIENTS = Gauge("lastmile_live_clients", "Consoles that are watching")

TRACEPARENT: ContextVar[str] = ContextVar("traceparent", default="")
"""W3C Trace Context of the work at hand; the bus carries it from event to command to event."""


_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def new_traceparent() -> str:
    """Start a trace (W3C Trace Context, version 00), not sampled: a collector at the door may decide otherwise."""
    raw = os.urandom(24).hex()
    return f"00-{raw[:32]}-{raw[32:48]}-00"


def child_of(traceparent: str) -> str:
    """Return the same trace with a span of our own; a broken one starts anew."""
    if not _TRACEPARENT.fullmatch(traceparent):
        return new_traceparent()
    return f"{traceparent[:36]}{os.urandom(8).hex()}{traceparent[52:]}"


def set_up_logging(service: str) -> None:
    """JSON lines on standard error, each with service and trace. No body, name, phone or text is ever logged."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _trace,
            _traceback,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def _traceback(
    _logger: object, _method: str, entry: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Where it happened and what it was, without what it said: an error quotes values, and a value could be somebody's."""
    if not (error := entry.pop("exc_info", None)):
        return entry
    error = error if isinstance(error, BaseException) else sys.exception()
    if error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        entry["exception"] = f"{frames}{type(error).__module__}.{type(error).__qualname__}"
    return entry


def _trace(_logger: object, _method: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if traceparent := TRACEPARENT.get():
        entry["trace"] = traceparent.split("-")[1]
    return entry


log: structlog.stdlib.BoundLogger = structlog.get_logger()
