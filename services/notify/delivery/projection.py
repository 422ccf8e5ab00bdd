"""What was to be told to whom, and what became of it: for whoever sends it, and whoever looks at the outbox."""

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.delivery import (
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryConfirmed,
    DeliveryDeferred,
    DeliveryFailed,
    DeliveryFolded,
    DeliveryHandedOver,
    DeliveryRequested,
    DeliveryUnknown,
)


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) == ("notify", "delivery") else None


def _fold(body: Body, fact: Fact) -> Body:
    event = fact.event
    match event:
        case DeliveryRequested():
            return {
                "at": event.at,
                "because": event.because,
                "recipient": event.recipient,
                "channel": event.channel,
                "template": event.template,
                "values": event.values,
                "bulk": event.bulk,
                "topic": event.topic,
                "level": event.level,
                "duty": event.duty,
                "language": event.language,
                "holder": event.holder,
                "held": event.held,
                "again_at": event.not_before,
                "notice": event.notice,
                "code": event.values.get("code"),
                "status": "requested",
            }
        case DeliveryAttempted():
            attempt = {"gateway": event.gateway, "at": event.at, "version": event.template_version}
            attempts = [*body.get("attempts", ()), attempt]
            return body | {
                "gateway": event.gateway,
                "status": "attempted",
                "attempts": attempts,
                "template_version": event.template_version,
            }
        case DeliveryAccepted():
            return _outcome(body, "accepted") | {
                "reference": event.reference,
                "references": event.reference.split(),
                "parts": event.parts,
            }
        case DeliveryHandedOver():
            card = {"grid": event.grid, "group": event.group, "handed_at": body.get("handed_at") or event.at}
            handed = {"gateway": event.gateway, "reference": event.reference, "again_at": event.again_at}
            return _outcome(body, "handed_over") | card | handed
        case DeliveryConfirmed():
            return _outcome(body, "confirmed", over=event.gateway) | (
                {"by": event.by, "relayed_at": event.at} if event.by else {}
            )
        case DeliveryDeferred():
            held = body.get("held") or (None if body.get("attempts") else "quiet")
            return _outcome(body, "deferred", event.reason) | {"again_at": event.again_at, "held": held}
        case DeliveryFailed():
            return _outcome(body, "failed", event.reason)
        case DeliveryFolded():
            return _outcome(body, "folded") | {"into": event.into}
        case DeliveryUnknown():
            unknown = {"again_at": event.again_at, "asked": body.get("asked", -1) + 1}
            return _outcome(body, "unknown", event.reason) | unknown
        case _:
            return body


def _outcome(body: Body, status: str, reason: str | None = None, over: str | None = None) -> Body:
    """It belongs to the last attempt, if there was any, or to the last one over the gateway that says so."""
    attempts = list(body.get("attempts", ()))
    places = [place for place, made in enumerate(attempts) if over in (None, made["gateway"])]
    if place := places or range(len(attempts)):
        attempts[place[-1]] = attempts[place[-1]] | {"outcome": status, "reason": reason}
    return body | {"status": status, "reason": reason, "attempts": attempts, "again_at": None}


OUTBOX = Model(
    name="outbox",
    key=_key,
    fold=_fold,
    journal="delivery",
    indexes=[
        ["-body.at"],
        ["body.gateway", "body.references"],
        ["body.status"],
        ["body.grid", "-body.handed_at"],
        ["body.holder", "-body.at"],
        ["body.notice", "body.status"],
    ],
)
