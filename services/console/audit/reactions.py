"""Erasing: the event first, then the keys, so that a crash in between is made good when the event comes again."""

from shared.envelope import Fact
from shared.events.audit import PersonErased
from shared.reaction import Reactions
from shared.vault import Vault

reactions: Reactions[Vault] = Reactions()


@reactions.on(PersonErased)
async def destroy_the_keys(_fact: Fact, event: PersonErased, vault: Vault) -> None:
    """What they sealed is unreadable from now on, in every stream and in every backup of one."""
    await vault.destroy(event.keys)
