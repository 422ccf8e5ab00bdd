"""Whose voices propose a topic."""

from services.deliberation.reactions import one_each


def test_one_persons_bursts_are_one_voice():
    """Whoever says it five times counts once; two whom nobody knows are two."""
    said = [("r1", "p1"), ("r2", "p1"), ("r3", None), ("r4", "p2"), ("r5", "p1"), ("r6", None)]
    rows = [{"id": request, "body": {"person": person} if person else {}} for request, person in said]
    assert one_each(rows) == ("r1", "r3", "r4", "r6")
