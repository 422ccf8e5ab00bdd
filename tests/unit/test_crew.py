"""How a journal is shared out among processes: by partition, without a gap and without an overlap."""

import pytest

from shared.crew import of_partitions
from shared.envelope import PARTITIONS


@pytest.mark.parametrize(
    ("subject", "narrowed"),
    [
        ("journal.*.*.routing.request.>", "journal.*.07.routing.request.>"),
        ("journal.demo.*.intake.submission.*", "journal.demo.07.intake.submission.*"),
        ("journal.demo.>", "journal.demo.07.>"),
        ("delivery.>", "delivery.*.07.>"),
        ("journal.*.>", "journal.*.07.>"),
        ("journal.*.*.>", "journal.*.07.>"),
        ("journal.demo.07.routing.>", "journal.demo.07.routing.>"),
    ],
)
def test_a_filter_names_the_partitions_of_a_share_alone(subject: str, narrowed: str) -> None:
    assert of_partitions([subject], [7]) == (narrowed,)


def test_a_filter_of_another_partition_is_not_in_the_share() -> None:
    assert of_partitions(["journal.demo.07.routing.>"], [6, 8]) == ()


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_shares_make_the_whole(processes: int) -> None:
    shares = [of_partitions(["journal.>"], range(n, PARTITIONS, processes)) for n in range(processes)]
    assert sorted(subject for share in shares for subject in share) == [
        f"journal.*.{partition:02}.>" for partition in range(PARTITIONS)
    ]
