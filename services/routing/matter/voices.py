"""Many voices, one matter: who has it, too, which requests are about the same, and how many people that is."""

from dataclasses import dataclass

from services.routing.matter.counting import Counting, caller
from services.routing.person.care import Care
from services.routing.person.people import People
from services.routing.request.domain import State as Request
from shared.clock import now
from shared.commands.command import Command
from shared.commands.matter import WeighMatter
from shared.commands.person import JoinPeople
from shared.commands.request import JoinMatter
from shared.commands.support import SupportRequest
from shared.desk import Desk
from shared.envelope import History
from shared.events.request import RequestResolved
from shared.ids import named_id, new_id
from shared.journal import Journal
from shared.refusal import Refused
from shared.vault import Vault
from shared.words import ENDED, Status

SERVICE = "service:routing"
_LONGEST_CHAIN = 16


@dataclass(frozen=True)
class Voices:
    desk: Desk
    people: People
    counting: Counting
    care: Care
    vault: Vault
    journal: Journal
    tenant: str

    async def completed(self, command: Command) -> Command:
        """Fill in what only routing knows: whose contact it is, and which request leads. Raises Refused."""
        match command:
            case SupportRequest():
                return await self._supported(command)
            case JoinMatter():
                return await self._joined(command)
            case JoinPeople():
                into = await self.desk.state("person", command.tenant, command.into)
                if not into.recognised:
                    raise Refused("unknown_person")
                return command
            case _:
                return command

    async def request(self, request: str) -> Request:
        return await self.desk.state("request", self.tenant, request)

    async def resolved(self, request: str) -> RequestResolved | None:
        """What was said when it was resolved, the last time. Raises UnavailableError."""
        history, said = History(self.tenant, "routing", "request", request), None
        async for fact in self.journal.catch_up(history, 0):
            said = fact.event if isinstance(fact.event, RequestResolved) else said
        return said

    async def lead(self, request: str) -> str:
        """The request that this one follows in the end; itself where it follows none. Raises Refused."""
        seen = [request]
        while (matter := (await self.request(seen[-1])).matter) is not None:
            if matter in seen:  # two were joined to each other at once: the reaction parts them
                return min(seen[seen.index(matter) :])
            seen.append(matter)
            if len(seen) > _LONGEST_CHAIN:
                raise Refused("conflict", tries=_LONGEST_CHAIN)
        return seen[-1]

    async def weigh(self, lead: str) -> None:
        """Count, say so, and count again: whoever spoke last has counted after speaking, so what stands is right."""
        said = None
        while (counted := await self.counting.matter(lead)) != said:
            said = counted
            await self.desk.do(
                WeighMatter(
                    id=new_id(),
                    tenant=self.tenant,
                    actor=SERVICE,
                    at=now(),
                    matter=lead,
                    **counted.model_dump(),
                )
            )

    async def _supported(self, command: SupportRequest) -> SupportRequest:
        if (await self.request(command.request)).status in ENDED:
            raise Refused("already_closed")
        person = await self._who(command)
        if person is None:
            raise Refused("unknown_contact")
        kept = {} if command.tell else {"sealed": None}
        support = named_id("support", command.tenant, command.request, person)
        return command.model_copy(update={"support": support, "person": person, **kept})

    async def _who(self, command: SupportRequest) -> str | None:
        if command.own is not None:
            return caller(command.own, (await self.request(command.own)).person)
        said_for = History(command.tenant, "routing", "support", command.request)
        return await self.people.recognise(said_for, command.sealed, command.at, kept=command.tell)

    async def _joined(self, command: JoinMatter) -> JoinMatter:
        lead = await self.lead(command.matter)
        if lead == command.request:
            raise Refused("own_matter")
        state = await self.request(lead)
        if state.status is None:
            raise Refused("unknown_request")
        if state.status in {*ENDED, Status.RESOLVED}:
            raise Refused("matter_is_done")
        return command.model_copy(update={"matter": lead})
