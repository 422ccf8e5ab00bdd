"""What people write back to a message. A gateway brings it in; STOP and its like take effect, the rest is for staff to read.

The reply is a fact before anything follows from it, so a provider may repeat it as often as it likes, and a crash loses nothing.
"""

from services.notify.preference.holders import Holders
from services.notify.reply.meaning import meaning_of
from shared.clock import now
from shared.commands.preference import HearReply
from shared.desk import Desk
from shared.envelope import History
from shared.ids import named_id
from shared.records.checks import as_dialled
from shared.vault import Vault

_LONGEST = 2000
"""Characters of a reply that are kept."""


class Replies:
    """``await replies.hear("aliyun", number="138…", text="TD", name="the provider's own name for it")``."""

    def __init__(self, desk: Desk, vault: Vault, holders: Holders, tenant: str) -> None:
        self._desk = desk
        self._vault = vault
        self._holders = holders
        self._tenant = tenant

    async def hear(self, gateway: str, *, number: str, text: str, name: str) -> None:
        """Take it in once, by the provider's name for it. Raises what the journal, the store and the vault raise: then the
        provider has to bring it again.
        """
        reply = named_id("reply", gateway, name)
        phone = as_dialled(number) or number.strip()
        contact = await self._holders.whose("phone", phone)
        subject = History(self._tenant, "notify", "reply", reply).subject
        command = HearReply(
            id=named_id("hear", reply),
            tenant=self._tenant,
            actor="service:notify",
            at=now(),
            reply=reply,
            gateway=gateway,
            holder=contact.holder,
            meaning=meaning_of(text),
            sealed=self._vault.seal(subject, {"phone": phone, "text": text[:_LONGEST]}),
        )
        await self._desk.do(command)
