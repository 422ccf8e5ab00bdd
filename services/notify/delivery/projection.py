"""What was to be told to whom, and what became of it: for whoever looks at the outbox."""

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.delivery import (
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryConfirmed,
    DeliveryFailed,
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
                "code": event.values.get("code"),
                "status": "requested",
            }
        case DeliveryAttempted():
            return body | {"gateway": event.gateway, "status": "attempted"}
        case DeliveryAccepted():
            return body | {"status": "accepted"}
        case DeliveryConfirmed():
            return body | {"status": "confirmed"}
        case DeliveryFailed() | DeliveryUnknown():
            status = "failed" if isinstance(event, DeliveryFailed) else "unknown"
            return body | {"status": status, "reason": event.reason}
        case _:
            return body


OUTBOX = Model(name="outbox", key=_key, fold=_fold, journal="delivery", indexes=[["-body.at"]])
