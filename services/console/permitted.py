"""Who may send which command at the staff's door."""

from services.console.alerts import ALERTS_OF_STAFF, ALERTS_OF_WORKERS
from services.console.bulletin.routes import BULLETINS_OF_STAFF
from services.console.call_ups import CALL_UP_OF_STAFF, CALL_UP_OF_WORKERS
from services.console.joint_work_commands import JOINT_WORK_OF_STAFF, JOINT_WORK_OF_WORKERS, OF_THE_STREET
from services.console.notices import NOTICES_OF_STAFF
from services.console.relaying import RELAYS_OF_STAFF, RELAYS_OF_WORKERS
from services.console.wish_commands import WISHES_OF_STAFF, WISHES_OF_WORKERS
from shared.http import ProblemError
from shared.staff import Staff

OF_WORKERS = (
    "AcceptRequest",
    "NoteProgress",
    "ContactResident",
    "AskResident",
    "SendGuidance",
    "PauseClock",
    "ResumeClock",
    "ReportUp",
    "ResolveRequest",
    "ReturnRequest",
    "HoldRequest",
    "TransferRequest",
    "NoteAbsence",
    "EndAbsence",
    *JOINT_WORK_OF_WORKERS,
    *WISHES_OF_WORKERS,
    *CALL_UP_OF_WORKERS,
    "SetPreferences",
    *ALERTS_OF_WORKERS,
    *RELAYS_OF_WORKERS,
)
OF_STAFF = (
    *OF_WORKERS,
    "AssignGrid",
    "RegradeRequest",
    "NameAccused",
    "JoinMatter",
    "LeaveMatter",
    "ReopenRequest",
    "CloseRequest",
    "DeclineRequest",
    "JoinPeople",
    "PartPeople",
    "ReleaseContact",
    "PostWorker",
    "RelieveWorker",
    *JOINT_WORK_OF_STAFF,
    *WISHES_OF_STAFF,
    *CALL_UP_OF_STAFF,
    *ALERTS_OF_STAFF,
    *RELAYS_OF_STAFF,
    *BULLETINS_OF_STAFF,
    *NOTICES_OF_STAFF,
    "RosterDuty",
    "StrikeDuty",
    "AdoptPolicy",
    "SettleReply",
    "ReviseTemplate",
    "AdoptGuidance",
)
_SHAPERS = ("staff", "director")
_OF_MESSAGES = "Messages are for the office's staff and directors."
_OF_SHAPERS = {
    "AdoptPolicy": "Policies are for the office's staff and directors.",
    "ReviseTemplate": _OF_MESSAGES,
    "AdoptGuidance": _OF_MESSAGES,
}
_ABOUT_PEOPLE = ("JoinPeople", "PartPeople", "ReleaseContact")
OF_PEOPLE = ("staff", "secretary")
"""Who may look at people, and say which ids are one."""


def must_be_permitted(name: str, staff: Staff) -> None:
    """Raises ProblemError: unknown, or not for this role."""
    if name not in OF_STAFF:
        raise ProblemError(404, "unknown_command", "There is no such command at this door.")
    if staff.role == "worker" and name not in OF_WORKERS:
        raise ProblemError(403, "forbidden", "This command is not for grid workers.")
    if staff.areas and name in OF_THE_STREET:
        raise ProblemError(403, "not_for_communities", "This command is the street office's.")
    if name in _ABOUT_PEOPLE and staff.role not in OF_PEOPLE:
        raise ProblemError(403, "forbidden", "People are for the office's staff and secretaries.")
    if (theirs := _OF_SHAPERS.get(name)) is not None and staff.role not in _SHAPERS:
        raise ProblemError(403, "forbidden", theirs)
