"""What messages say (短信模板): the office's own wording of a text that the catalogue brings."""

from pydantic import Field

from shared.events.event import Event
from shared.words import Code


class TemplateRevised(Event, owner="notify", aggregate="message_template"):
    """From now on a message of this kind says this. Its version is the event's place in its history; 0 is the catalogue's."""

    template: Code = Field(description="which text of the catalogue: sms.reporter.received")
    zh: str = Field(description="placeholders in braces; no word of a person")
    en: str
    note: str = Field(default="", description="why it was changed")
