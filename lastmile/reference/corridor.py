"""What goes over the bus beside facts and commands, whose models say themselves what they are: questions and
other systems' messages. tests/contract holds this list against the services' code.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from services.console.bulletin.drafting import AskDraft
from services.console.bulletin.routes import AskBulletins
from services.console.figures.routes import Question
from services.console.rows import Page
from services.intake.wording import InboundSubmission
from services.notify.callbacks import Brought
from services.notify.chat_group.asked import AskGroups
from services.notify.delivery.outbox import AskOutbox
from services.notify.guidance.asked import ProposedGuidance, WhichGuidance
from services.notify.notice.asked import AskAudience, AskAudiences, AskNotices
from services.notify.preference.asked import AskPreferences, AskReplies
from services.notify.relay.cards import AskCards
from services.notify.template.asked import WhichTemplate
from services.routing.hot.answers import AskHot, AskSimilar
from services.routing.job.freezing import AskMoves
from services.routing.person.asked import AskPeople
from services.routing.policy.asked import Proposal, Which
from services.routing.rota.reading import AskRota
from services.routing.wishes import WhichShift, WhichWish
from shared.records import asking as records

Json = dict[str, Any]


@dataclass(frozen=True)
class Exchange:
    """One request-reply subject: who answers, why one asks, and with what."""

    subject: str
    answered_by: str
    why: str
    asks: Json | type[BaseModel]


def _object(required: list[str], **properties: Json) -> Json:
    return {"type": "object", "required": required, "properties": properties}


INBOUND = (
    Exchange(
        "inbound.{source}.request",
        "intake",
        "Another system brings a request. It is answered when the journal has it; the same key again gets the same"
        " answer, and there is one event.",
        InboundSubmission,
    ),
    Exchange(
        "inbound.cap.alert",
        "notify",
        "An issuer's system brings a warning (CAP 1.1 or 1.2). It is answered when the journal has it; the same message"
        " again changes nothing.",
        _object(["file"], file={"type": "string", "contentEncoding": "base64"}),
    ),
    Exchange(
        "inbound.{source}.receipts",
        "notify",
        "A provider of messages says what became of them. Answered with what it wants to hear when all of it is kept;"
        " again, late and out of order it changes nothing.",
        Brought,
    ),
    Exchange(
        "inbound.{source}.replies",
        "notify",
        "A provider of messages brings what people wrote back. Answered when the journal has it; one event each.",
        Brought,
    ),
)

QUERIES = (
    Exchange(
        "query.routing.Similar",
        "routing",
        "Who may have said the same as a request, or as a text: likely duplicates with a score and reasons.",
        AskSimilar,
    ),
    Exchange(
        "query.routing.Hot",
        "routing",
        "What many said, by clusters: words, people, grids, days, and the requests with the keys they were imported by.",
        AskHot,
    ),
    Exchange(
        "query.notify.ChatGroups",
        "notify",
        "The chat groups of grids (网格微群), and which gateway reaches each; person: a worker relays.",
        AskGroups,
    ),
    Exchange(
        "query.notify.RelayCards",
        "notify",
        "Messages that somebody carries into a chat group that no API reaches: those that wait, and what became of others.",
        AskCards,
    ),
    Exchange(
        "query.notify.Alert",
        "notify",
        "What a warning (CAP 1.1 or 1.2) is, whom it would reach and what would become of it, or why it is refused. Nobody"
        " is told.",
        _object(["file"], file={"type": "string", "contentEncoding": "base64"}),
    ),
    Exchange(
        "query.notify.Guidance",
        "notify",
        "Which of the office's worded replies fit a request, or a text, with the words that called for each; what was sent.",
        WhichGuidance,
    ),
    Exchange(
        "query.notify.GuidanceSet",
        "notify",
        "Every worded reply in its order, and every version of the set.",
        _object([]),
    ),
    Exchange(
        "query.notify.GuidanceCheck",
        "notify",
        "Whether a set of worded replies could be adopted: every mistake, by entry and field.",
        ProposedGuidance,
    ),
    Exchange(
        "query.notify.MessageTemplates",
        "notify",
        "What every message says, in both languages, and where a provider has approved another text.",
        _object([]),
    ),
    Exchange(
        "query.notify.MessageTemplate",
        "notify",
        "One message, or another wording of it: mistakes, placeholders, a preview, its length and cost, every version.",
        WhichTemplate,
    ),
    Exchange(
        "query.notify.Audience",
        "notify",
        "Whom a notice would reach: how many by channel, who is left out and why, and how long it is. Nobody is told.",
        AskAudience,
    ),
    Exchange(
        "query.notify.Notices",
        "notify",
        "The newest notices, or one of them: how many deliveries of it stand where.",
        AskNotices,
    ),
    Exchange(
        "query.notify.Audiences",
        "notify",
        "The saved audiences, by name.",
        AskAudiences,
    ),
    Exchange(
        "query.notify.Preferences",
        "notify",
        "What one person wishes to hear, and the link to the page on which it is changed; null: nobody is known.",
        AskPreferences,
    ),
    Exchange(
        "query.notify.Replies",
        "notify",
        "What people wrote back and nobody has seen to yet, newest first. Words stay sealed.",
        AskReplies,
    ),
    Exchange(
        "query.notify.Outbox",
        "notify",
        "The last deliveries, newest first, with masked addresses; those that stand somewhere; or one with its story.",
        AskOutbox,
    ),
    Exchange(
        "query.routing.Records",
        "routing",
        "Records of the grid book: by ids, or a page by kind, grids, building, care or doubt. Words stay sealed.",
        records.Wanted,
    ),
    Exchange(
        "query.routing.RecordQuality",
        "routing",
        "What is missing, contradictory or stale in the grid book, counted by grid and kind, with ids.",
        records.Quality,
    ),
    Exchange(
        "query.routing.Asks",
        "routing",
        "How often superiors' templates asked for which field of whom, by which offices, in which months.",
        records.Asks,
    ),
    Exchange(
        "query.routing.Vulnerable",
        "routing",
        "Whether a person, or anybody in a dwelling, needs looking after.",
        records.Whom,
    ),
    Exchange(
        "query.console.Ledger",
        "console",
        "A page of the ledger in its order of priority, each row with the reasons for its place; no words of people.",
        Page,
    ),
    Exchange(
        "query.console.Figures",
        "console",
        "Response, resolution, satisfaction, on time, returned, reopened, by grid, worker, category, month or"
        " community; as of a past moment when one is named.",
        Question,
    ),
    Exchange(
        "query.console.BulletinCounted",
        "console",
        "What a bulletin of an area and a week or month would say, counted now, as DraftBulletin takes it. Nothing is kept.",
        AskDraft,
    ),
    Exchange(
        "query.console.Bulletins",
        "console",
        "One bulletin with its lines, or a list of the newest, drafts included.",
        AskBulletins,
    ),
    Exchange(
        "query.routing.Moves",
        "routing",
        "What a bulk move would do: how many requests to whom, and how many to nobody and why. It changes nothing.",
        AskMoves,
    ),
    Exchange(
        "query.routing.Rota",
        "routing",
        "Who is on duty when in a month, by area; who stands twice at once, and what nobody stands outside work.",
        AskRota,
    ),
    Exchange("query.routing.Policy", "routing", "The policy that holds, and every version.", _object([])),
    Exchange(
        "query.routing.PolicyCheck",
        "routing",
        "Whether a policy could be adopted: every mistake, by field.",
        Proposal,
    ),
    Exchange(
        "query.routing.PolicyDryRun",
        "routing",
        "What a policy would have done otherwise with past requests. It changes nothing.",
        Proposal,
    ),
    Exchange(
        "query.routing.People",
        "routing",
        "Who people are: ids, dated contacts (never the contact itself), what they said and support, who is one person.",
        AskPeople,
    ),
    Exchange(
        "query.routing.Clocks",
        "routing",
        "What is left of a request's clocks, in seconds of working time.",
        Which,
    ),
    Exchange(
        "query.routing.Explain",
        "routing",
        "Why a request is where it is: what matched, and for each other rule why it did not.",
        Which,
    ),
    Exchange(
        "query.routing.OffersForWish",
        "routing",
        "Which offers of help could fulfil a wish, the best first, each with its reasons; nobody's words or names.",
        WhichWish,
    ),
    Exchange(
        "query.routing.OffersForShift",
        "routing",
        "Who offered the skill that a shift of a call-up asks for, the best first, each with its reasons; nobody's names.",
        WhichShift,
    ),
)
