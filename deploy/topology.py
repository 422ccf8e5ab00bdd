"""Which streams and consumers exist, and who may say and hear what. Read by the migration and by nats.conf alone:
a service never declares or changes a stream or a consumer.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

SERVICES = ("intake", "routing", "notify", "deliberation", "console")
_REDELIVER_AFTER = timedelta(seconds=10)
_MOST_IN_FLIGHT = 5000  # messages of one consumer, over all replicas of its service


@dataclass(frozen=True)
class Durable:
    """A consumer that one service pulls."""

    service: str
    stream: str
    name: str
    filters: tuple[str, ...]

    def config(self) -> ConsumerConfig:
        return ConsumerConfig(
            durable_name=self.name,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=_REDELIVER_AFTER.total_seconds(),
            max_ack_pending=_MOST_IN_FLIGHT,
            max_deliver=-1,
            filter_subjects=list(self.filters),
        )


_SUBMISSIONS = "journal.*.*.intake.submission.>"
_REQUESTS = "journal.*.*.routing.request.>"
_MATTERS = "journal.*.*.routing.matter.>"
_WISHES = "journal.*.*.routing.wish.>"
_BULLETINS = "journal.*.*.notify.bulletin.>"
_ERASURES = "journal.*.*.console.audit.>"

DURABLES = (
    Durable(
        "intake",
        "JOURNAL",
        "intake",
        (_SUBMISSIONS, _REQUESTS, _MATTERS, _WISHES, _BULLETINS, "journal.*.*.routing.area.>"),
    ),
    Durable("routing", "JOURNAL", "routing", (_SUBMISSIONS, "journal.*.*.routing.>", _ERASURES)),
    Durable("routing", "TIMERS", "routing_timers", ("timer.routing.>",)),
    Durable(
        "notify",
        "JOURNAL",
        "notify",
        (
            _SUBMISSIONS,
            "journal.*.*.routing.>",
            "journal.*.*.deliberation.topic.>",
            "journal.*.*.notify.>",
            _ERASURES,
        ),
    ),
    Durable("notify", "TIMERS", "notify_timers", ("timer.notify.>",)),
    Durable("notify", "DELIVERIES", "notify_deliveries", ("delivery.>",)),
    Durable(
        "deliberation", "JOURNAL", "deliberation", (_SUBMISSIONS, _REQUESTS, "journal.*.*.deliberation.>")
    ),
    Durable(
        "console",
        "JOURNAL",
        "console",
        (
            _SUBMISSIONS,
            "journal.*.*.routing.>",
            "journal.*.*.deliberation.topic.>",
            _BULLETINS,
            "journal.*.*.notify.alert.>",
            "journal.*.*.console.>",
        ),
    ),
)


def streams(replicas: int = 1) -> list[StreamConfig]:
    """Return every stream. One replica on a laptop, three in production."""
    days = timedelta(days=1).total_seconds()

    def stream(name: str, subjects: list[str], **more: object) -> StreamConfig:
        return StreamConfig(
            name=name,
            subjects=subjects,
            storage=StorageType.FILE,
            retention=RetentionPolicy.LIMITS,
            num_replicas=replicas,
            allow_direct=True,
            **more,
        )

    return [
        stream("JOURNAL", ["journal.>"], deny_delete=True, deny_purge=True, duplicate_window=600),
        stream("DELIVERIES", ["delivery.>"], deny_delete=True, duplicate_window=600, max_age=400 * days),
        stream("VIEWS", ["view.>"], max_msgs_per_subject=1),
        stream(
            "TIMERS",
            ["sched.>", "timer.>"],
            allow_msg_schedules=True,
            allow_msg_ttl=True,
            max_msgs_per_subject=1,
        ),
        stream("PLANS", ["plan.>"], deny_delete=True, deny_purge=True, max_msgs_per_subject=1),
        stream("LISTS", ["list.>"], deny_delete=True, max_msgs_per_subject=1, max_age=400 * days),
        stream("PICTURES", ["picture.>"], deny_delete=True, max_msgs_per_subject=1),
        stream("PARKED", ["parked.*"], max_age=30 * days),
    ]


@dataclass(frozen=True)
class Rights:
    """What one identity may publish and subscribe to. Whoever may reply may reply once."""

    publish: list[str] = field(default_factory=list)
    subscribe: list[str] = field(default_factory=list)


_VIEWS = {"console": ("ledger", "topic")}
_DOORS = ("intake", "console")
_PLAN_READERS = ("intake", "routing", "notify", "console")


def rights(service: str) -> Rights:
    """A service publishes on its own histories, its views and commands to others; pulls and acknowledges its own
    consumers; and nothing else.
    """
    publish = [
        f"journal.*.*.{service}.>",
        "command.*.*",
        "query.*.*",
        f"sched.{service}.>",
        f"parked.{service}",
        "$JS.API.DIRECT.GET.JOURNAL",
    ]
    subscribe = [f"_INBOX.{service}.>", f"command.{service}.*", f"query.{service}.*"]
    for durable in DURABLES:
        if durable.service == service:
            publish += [
                f"$JS.API.CONSUMER.MSG.NEXT.{durable.stream}.{durable.name}",
                f"$JS.ACK.{durable.stream}.{durable.name}.>",
            ]
    publish += [f"view.*.{model}.*" for model in _VIEWS.get(service, ())]
    if service == "notify":
        publish += ["delivery.*.*.notify.>", "$JS.API.DIRECT.GET.DELIVERIES"]
        subscribe.append("inbound.cap.alert")
        publish += ["list.>", "$JS.API.DIRECT.GET.LISTS"]  # whom a notice goes to, frozen
        subscribe += ["inbound.*.receipts", "inbound.*.replies"]
    if service == "intake":
        publish += [
            "inbound.*.receipts",
            "inbound.*.replies",
        ]  # a provider's callback, to whoever sent the message
        subscribe.append("inbound.>")
    if service == "console":
        publish.append("$JS.API.DIRECT.GET.VIEWS")
        subscribe.append("view.>")
    if service in _PLAN_READERS:
        publish.append("$JS.API.DIRECT.GET.PLANS")
    if service in _DOORS:
        publish += ["picture.>", "$JS.API.DIRECT.GET.PICTURES"]
    return Rights(publish, subscribe)


async def migrate(client: Client, *, replicas: int = 1) -> list[str]:
    """Declare all streams and consumers, or bring them to what this release wants. Returns what it did, in words."""
    js = client.jetstream()
    done = [await _declare(js, config) for config in streams(replicas)]
    for durable in DURABLES:
        await js.add_consumer(durable.stream, durable.config())
        done.append(f"consumer {durable.name} of {durable.stream}")
    return done


async def _declare(js: JetStreamContext, config: StreamConfig) -> str:
    assert config.name is not None
    try:
        present = (await js.stream_info(config.name)).config
    except NotFoundError:
        await js.add_stream(config)
        return f"stream {config.name} made"
    config.num_replicas = max(config.num_replicas or 1, present.num_replicas or 1)
    await js.update_stream(config)
    return f"stream {config.name} stands"


def server_config(
    *, host: str | None = None, port: int = 4222, monitor: str = "127.0.0.1:8222", store: str = "/data"
) -> str:
    """Return nats.conf. Passwords come from the environment, so the file holds no secret and stands in the repo."""
    users = [_user("admin", Rights([">"], [">"]))] + [_user(name, rights(name)) for name in SERVICES]
    return "\n".join(
        [
            "# Written by `make docs` from deploy/topology.py. Passwords: `lastmile secrets --env`.",
            "server_name: lastmile",
            *([f"host: {host}"] if host else []),
            f"port: {port}",
            f"http: {monitor}",
            "max_payload: 1MB",
            "jetstream {",
            f'  store_dir: "{store}"',
            "  # In production, with three replicas: a power failure loses nothing that was acknowledged.",
            "  # sync_interval: always",
            "}",
            "authorization {",
            "  users: [",
            *users,
            "  ]",
            "}",
            "",
        ]
    )


def _user(name: str, granted: Rights) -> str:
    def listed(subjects: list[str]) -> str:
        return "[" + ", ".join(f'"{subject}"' for subject in subjects) + "]"

    return (
        f"    {{ user: {name}, password: $LASTMILE_NATS_PASSWORD_{name.upper()}, permissions: {{\n"
        f"        publish: {listed(granted.publish)}\n"
        f"        subscribe: {listed(granted.subscribe)}\n"
        f'        allow_responses: {{ max: 1, expires: "1m" }} }} }}'
    )
