"""Other systems' events for residents: chat, SMS, a phone desk, Open311, imports. Answered when the journal has them."""

from typing import Any

from services.intake.places import Places
from services.intake.submitting import Origin, Submitting
from services.intake.wording import InboundSubmission, moment
from shared.answering import BadRequestError
from shared.bus import Bus
from shared.clock import now, to_the_millisecond
from shared.journal import UnavailableError
from shared.vault import VaultEmptyError
from shared.words import Channel, Status


def answer_inbound(bus: Bus, submitting: Submitting, places: Places) -> None:
    for channel in Channel:
        bus.answer_inbound(f"inbound.{channel}.request", _answer(channel, submitting, places))


def _answer(channel: Channel, submitting: Submitting, places: Places) -> Any:
    async def answer(asked: dict[str, Any]) -> dict[str, str]:
        said = InboundSubmission.model_validate(asked)
        if said.at is not None and channel is not Channel.IMPORT:
            raise BadRequestError("only imports say when it happened")
        if said.outcome is not None and (channel is not Channel.IMPORT or not _follows(said)):
            raise BadRequestError("outcome: of imports alone, and not before it was said nor in the future")
        try:
            accepted = await submitting.submit(said, _origin(said, channel, places))
        except VaultEmptyError as empty:
            raise UnavailableError("no key is stored ahead") from empty
        return {"id": accepted.id, "code": accepted.code, "token": accepted.token, "status": Status.SUBMITTED}

    return answer


def _follows(said: InboundSubmission) -> bool:
    at, outcome = said.at, said.outcome
    return at is not None and outcome is not None and at <= outcome.resolved_at <= now()


def _origin(said: InboundSubmission, channel: Channel, places: Places) -> Origin:
    return Origin(
        channel=channel,
        key=said.key,
        at=to_the_millisecond(moment(said.at, now())),
        source_key=said.source_key,
        outcome=said.outcome,
        building=places.named_in(said.location.address) if said.location else None,
    )
