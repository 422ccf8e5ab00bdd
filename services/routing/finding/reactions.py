"""What follows from a finding: a request by the same door commands as anybody's, opened again when it is not fixed."""

from typing import Any
from uuid import UUID

from services.routing.request.reactions import Work, reactions
from shared.clock import now
from shared.commands.request import ReopenRequest
from shared.commands.submission import SubmitRequest
from shared.envelope import Fact, History
from shared.events.patrol import FindingNoted, RecheckMade
from shared.ids import named_id, request_id, tracking_code
from shared.journal import UnavailableError
from shared.refusal import NOT_NOW
from shared.vault import VaultEmptyError
from shared.words import Channel, Kind

_SERVICE = "service:routing"


def request_of(tenant: str, finding: str) -> tuple[str, str]:
    """Return code and id of the request that a finding becomes: named by it, so that there is one."""
    code = tracking_code(UUID(named_id("finding", tenant, finding)).bytes)
    return code, request_id(tenant, code)


@reactions.on(FindingNoted)
async def make_a_request_of_it(fact: Fact, event: FindingNoted, work: Work) -> None:
    """The words are sealed anew, for the history in which they will stand."""
    tenant, finding = fact.history.tenant, fact.history.id
    code, request = request_of(tenant, finding)
    words: dict[str, str] | None = await work.vault.open(fact.history.subject, event.note)
    try:
        subject = History(tenant, "intake", "submission", request).subject
        sealed = work.vault.seal(subject, words) if words else None
    except VaultEmptyError as empty:
        raise UnavailableError("no key is ready") from empty
    command = SubmitRequest(
        **_named(fact, "submit"),
        request=request,
        code=code,
        kind=Kind.FINDING,
        category=event.category,
        place=event.place,
        channel=Channel.WEB,
        sealed=sealed,
        fingerprint=f"finding:{finding}",
    )
    reply = await work.bus.send(command, cause=fact.id)
    if not reply.ok and reply.reason in (*NOT_NOW, "unavailable"):
        raise UnavailableError("intake does not answer")


@reactions.on(RecheckMade)
async def open_it_again(fact: Fact, event: RecheckMade, work: Work) -> None:
    """Whoever looked again saw that it is not fixed: a request that was called done is not."""
    if event.fixed:
        return
    _, request = request_of(fact.history.tenant, fact.history.id)
    state = await work.desk.state("request", fact.history.tenant, request)
    if state.status in ("resolved", "closed"):
        due_at = event.recheck_by
        command = ReopenRequest(
            **_named(fact, "reopen"), request=request, reason="recheck_not_fixed", due_at=due_at
        )
        await work.desk.do(command, cause=fact.id)


def _named(fact: Fact, what: str) -> dict[str, Any]:
    return {
        "id": named_id(fact.id, what),
        "tenant": fact.history.tenant,
        "actor": _SERVICE,
        "at": now() if fact.event is None else fact.event.at,
    }
