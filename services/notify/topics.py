"""What each template is about, and how much it presses: this table, and nothing else, says so."""

from dataclasses import dataclass

from shared.words import Topic


@dataclass(frozen=True)
class Sort:
    """``duty``: a call to duty, which passes quiet hours to staff. ``prompt``: it waits for no digest, and not because
    the same person was told a moment ago. ``answers``: it confirms that somebody opted out or in.
    """

    topic: Topic
    duty: bool = False
    prompt: bool = False
    answers: bool = False


_CALL = Sort(Topic.WORK, duty=True, prompt=True)
_NOW = Sort(Topic.WORK, prompt=True)
_WORD = Sort(Topic.REQUESTS, prompt=True, answers=True)

_SORTS = {
    "sms.worker.assigned": _NOW,
    "sms.worker.reported_up": _NOW,
    "sms.worker.overdue": _NOW,
    "sms.worker.escalated": _NOW,
    "sms.worker.unanswered": _NOW,
    "sms.worker.called_up": _CALL,
    "sms.worker.placed": _CALL,
    "sms.worker.reserve": _CALL,
    "sms.worker.moved_up": _CALL,
    "sms.worker.shift_soon": _CALL,
    "sms.worker.relieved": _CALL,
    "sms.worker.stood_down": _CALL,
    "sms.worker.called_off": _CALL,
    "sms.worker.call_up_short": _CALL,
    "sms.worker.alert_unseen": Sort(Topic.ALERTS, duty=True, prompt=True),
    "sms.department.called": _CALL,
    "sms.department.overdue": _CALL,
    "sms.reporter.asked": Sort(Topic.REQUESTS, prompt=True),
    "sms.reporter.waiting_for_you": Sort(Topic.REQUESTS, prompt=True),
    "sms.reporter.guidance": Sort(Topic.REQUESTS, prompt=True),
    "sms.contact.stopped": _WORD,
    "sms.contact.started": _WORD,
}
_BEGIN = (
    ("sms.worker.wish_", Sort(Topic.WISHES)),
    ("sms.reporter.wish_", Sort(Topic.WISHES)),
    ("sms.giver.", Sort(Topic.WISHES)),
    ("sms.worker.", Sort(Topic.WORK)),
    ("sms.department.", Sort(Topic.WORK)),
    ("sms.reporter.", Sort(Topic.REQUESTS)),
    ("sms.supporter.", Sort(Topic.REQUESTS)),
    ("sms.group.", Sort(Topic.HALL)),
    ("sms.alert.", Sort(Topic.ALERTS, prompt=True)),
)


def sort_of(template: str) -> Sort:
    """What nobody sorted is a notice."""
    if template in _SORTS:
        return _SORTS[template]
    return next((sort for begin, sort in _BEGIN if template.startswith(begin)), Sort(Topic.NOTICES))
