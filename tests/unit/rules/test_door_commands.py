"""What a person may say of a request at the staff's door, and what is routing's to count."""

from typing import Any

import pytest

from services.console.commanding import build_command
from shared.http import ProblemError
from shared.staff import Staff

STAFF = Staff(sub="s1", role="staff", tenant="demo")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("AssignGrid", {"grid": "g1", "due_at": "2099-01-01T00:00:00Z"}),
        ("AssignGrid", {"grid": "g1", "imported": True}),
        ("ReopenRequest", {"due_at": "2099-01-01T00:00:00Z"}),
        ("TransferRequest", {"grid": "g1", "worker": "w1", "accept_by": "2099-01-01T00:00:00Z"}),
        ("ResolveRequest", {"answer_by": "2026-01-01T00:00:00Z"}),
    ],
)
def test_nobody_sets_his_own_deadline(name: str, said: dict[str, Any]):
    """Nor takes a request off the clocks by calling it imported."""
    vault: Any = None
    with pytest.raises(ProblemError) as problem:
        build_command(name, {"request": "r1"} | said, STAFF, None, vault)
    assert problem.value.status == 422
    assert [each["field"] for each in problem.value.more["errors"]] == [[*said][-1]]
