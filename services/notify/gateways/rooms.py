"""Chat groups that a robot of the provider's writes into: one address with its secret for each group (网格微群)."""

from pydantic import BaseModel

from services.notify.gateways.gateway import Channel, Credential, GatewaySettings


class Room(BaseModel):
    """One group. Whoever knows its hook can write into it, so it is a credential."""

    hook: Credential
    """The whole address that the provider gave to the robot."""
    secret: Credential | None = None
    """What its calls are signed with, where the robot asks for that."""


class RoomSettings(GatewaySettings):
    channels: tuple[Channel, ...] = ("chat",)
    per_second: float = 0.33
    """They let a robot say twenty things a minute."""
    rooms: dict[str, Room]

    def room(self, to: str) -> Room | None:
        """Return the room that an address names: ``<gateway>:<room>``."""
        return self.rooms.get(to.partition(":")[2])
