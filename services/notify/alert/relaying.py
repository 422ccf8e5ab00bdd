"""What a command about a warning needs and nobody may say himself: what the file says, whom it touches, what it is about."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic_core import to_json

from services.notify.alert.cap import read_alert
from services.notify.alert.domain import ALERT
from services.notify.alert.issued import Alert, Info, gravity
from services.notify.alert.levels import Levels
from services.notify.alert.posts import posts_now
from services.notify.alert.reach import Ground
from services.notify.alert.state import State
from services.notify.alert.unusable import UnusableAlertError
from shared.commands.alert import AlertForm, CheckAlert, Kin, RelayAlert
from shared.commands.command import Command
from shared.desk import Desk
from shared.events.alert import Called, Hazard, Message, Reference, Wording
from shared.ids import alert_id
from shared.plans import PresentPlan
from shared.refusal import Refused
from shared.store import Store

_MOST_KIN = 200
"""A thread of more messages than that is nobody's."""


@dataclass(frozen=True)
class Relaying:
    store: Store
    desk: Desk
    present: PresentPlan
    levels: Levels

    async def filled_in(self, command: Command) -> Command:
        """Raises Refused, and what the store and the plan stream raise."""
        match command:
            case RelayAlert():
                return await self._read(command)
            case CheckAlert():
                return await self._asked_further(command)
            case _:
                return command

    async def _read(self, command: RelayAlert) -> RelayAlert:
        held = await self.present.get()
        ground = Ground(held[1]) if held else None
        if command.file is not None:
            said = read(command.file)
            message = message_of(said, ground)
        elif command.form is not None:
            message = await self._typed(command.form, command.tenant, ground)
        else:
            raise Refused("nothing_to_relay")
        references = [alert_id(each.sender, each.identifier) for each in message.references]
        alert = alert_id(message.sender, message.identifier)
        called = await self._called(command.tenant, message, ground, command.at)
        within = [self.levels.line(each.level).within for each in message.hazards]
        return command.model_copy(
            update={
                "alert": alert,
                "file": None,
                "form": None,
                "message": message,
                "kin": await self.kin(command.tenant, alert, references),
                "plan": held[0] if held else None,
                "called": tuple(called),
                "within": min((each for each in within if each is not None), default=None),
            }
        )

    async def _called(
        self, tenant: str, message: Message, ground: Ground | None, at: datetime
    ) -> list[Called]:
        """Whoever is on duty where somebody has to say that it was seen."""
        if ground is None or message.kind == "Cancel":
            return []
        asked = (each for each in message.hazards if self.levels.line(each.level).within is not None)
        grids = list(dict.fromkeys(grid for each in asked for grid in each.grids))
        return (await posts_now(self.store, tenant, ground.areas, grids, at)).on_duty(grids) if grids else []

    async def kin(self, tenant: str, alert: str, references: Iterable[str]) -> tuple[Kin, ...]:
        """Return every message of ours that belongs to this thread, however far: by what they refer to."""
        found: dict[str, Kin] = {}
        states = self.store.documents(ALERT.aggregate)
        wanted, asked = {alert, *references}, set[str]()
        while (new := wanted - asked) and len(found) < _MOST_KIN:
            asked |= new
            names = sorted(new)
            rows = states.find(
                {"tenant": tenant, "$or": [{"id": {"$in": names}}, {"body.references": {"$in": names}}]},
                {"id": 1, "body": 1},
            )
            async for row in rows.limit(_MOST_KIN):
                one = State.model_validate(row["body"]).kin(row["id"])
                if one is not None and one.alert != alert:
                    found[one.alert] = one
                    wanted |= {one.alert, *one.references}
        return tuple(found[name] for name in sorted(found))

    async def _typed(self, form: AlertForm, tenant: str, ground: Ground | None) -> Message:
        """What came on paper goes the way of a file. Raises Refused."""
        if ground is None:
            raise Refused("reaches_nobody")
        if unknown := [code for code in form.areas if code not in ground.areas]:
            raise Refused("unknown_area", area=unknown[0])
        if form.expires is not None and form.expires <= form.sent:
            raise Refused("alert_refused", why="ends_before_it_begins", where="expires")
        references: tuple[Reference, ...] = ()
        if form.kind != "Alert":
            earlier: State = await self.desk.state(ALERT.aggregate, tenant, form.about or "-")
            if earlier.sent is None:
                raise Refused("no_alert")
            about = Reference(sender=earlier.sender, identifier=earlier.identifier, sent=earlier.sent)
            references = (about,)
        hazard = Hazard(
            level=form.level,
            said=Wording(
                event=form.event,
                issuer=form.issuer,
                description=form.warnings,
                instruction=form.measures,
            ),
            onset=form.onset,
            expires=form.expires,
            areas=tuple(ground.areas[code].zh for code in form.areas),
            grids=tuple(ground.grids(form.areas)),
        )
        said = Message(
            sender="".join(form.issuer.split()),
            identifier="form",
            sent=form.sent,
            kind=form.kind,
            references=references,
            source="form",
            hazards=(hazard,),
        )
        name = _fingerprint(said.model_copy(update={"hazards": (hazard.model_copy(update={"grids": ()}),)}))
        return said.model_copy(update={"identifier": f"form-{name[:24]}", "fingerprint": name})

    async def _asked_further(self, command: CheckAlert) -> CheckAlert:
        state: State = await self.desk.state(ALERT.aggregate, command.tenant, command.alert)
        held = await self.present.get()
        if state.step == "head" or held is None or not (unseen := state.unseen):
            return command
        areas = Ground(held[1]).areas
        posts = await posts_now(self.store, command.tenant, areas, unseen, command.at)
        to = "deputy" if state.step == "worker" else "head"
        within = [self.levels.line(level).within for level, _ in state.levels]
        return command.model_copy(
            update={
                "called": tuple(posts.next(to, unseen, state.called)),
                "within": min((each for each in within if each is not None), default=None),
            }
        )


def read(data: bytes) -> Alert:
    """Raises Refused."""
    try:
        return read_alert(data)
    except UnusableAlertError as unusable:
        raise Refused(
            "alert_refused", why=unusable.reason, where=unusable.where, said=dict(unusable.said)
        ) from unusable


def message_of(said: Alert, ground: Ground | None) -> Message:
    """Return a message as events keep it: with the grids that each part of it touches, and without the shapes."""
    paired = len(said.infos) == len(said.english)
    english = said.english if paired else (None,) * len(said.infos)
    hazards = [_hazard(*each, ground) for each in zip(said.infos, english, strict=True)]
    return Message(
        sender=said.sender,
        identifier=said.identifier,
        sent=said.sent,
        kind=said.kind,
        references=said.references,
        hazards=tuple(sorted(hazards, key=lambda each: gravity(each.level))),
        fingerprint=_fingerprint(said),
    )


def _hazard(info: Info, english: Info | None, ground: Ground | None) -> Hazard:
    return Hazard(
        level=info.level,
        said=_wording(info),
        english=_wording(english) if english else None,
        onset=info.onset,
        expires=info.expires,
        areas=tuple(dict.fromkeys(each.words for each in info.areas)),
        grids=tuple(ground.under(info.areas)) if ground else (),
    )


def _wording(info: Info) -> Wording:
    return Wording.model_validate(info.model_dump(include=set(Wording.model_fields)))


def _fingerprint(said: Alert | Message) -> str:
    return hashlib.sha256(to_json(said)).hexdigest()
