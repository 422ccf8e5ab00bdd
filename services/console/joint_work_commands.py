"""Which commands of joint work come in at the staff's door, and whose they are."""

JOINT_WORK_OF_WORKERS = (
    "MakePatrol",
    "NoteFinding",
    "MakeRecheck",
    "MakeVisit",
    "LeaveVisitUnanswered",
    "HoldMediationSession",
    "RecordAgreement",
    "RecordFailure",
)
OF_THE_STREET = (
    "AdoptDutyList",
    "CallJointTask",
    "NameDepartment",
    "CallOffJointTask",
    "EvaluateJointTask",
    "MoveRequests",
)
"""Not for a community's own staff: their token names the communities that it covers."""
JOINT_WORK_OF_STAFF = (
    *OF_THE_STREET,
    "ReportIn",
    "NoteDepartmentProgress",
    "RefuseJointTask",
    "FinishJointTask",
    "OpenMediation",
    "NameMediator",
    "ApplyForConfirmation",
    "FollowUp",
    "PlanPatrol",
    "CallOffPatrol",
    "SetVisitRound",
    "EndVisitRound",
)
