"""What bounds a rebuild's memory."""

from hypothesis import given
from hypothesis import strategies as st

from shared.filling import Perhaps


@given(st.lists(st.text(max_size=50), max_size=200))
def test_it_never_says_no_to_a_member(keys: list[str]) -> None:
    """A no means a document that was never written, which is then begun anew: a wrong one would lose its past."""
    seen = Perhaps()
    for key in keys:
        seen.add(key)
    assert all(key in seen for key in keys)


def test_it_seldom_says_yes_to_a_stranger() -> None:
    """A yes costs a look into MongoDB."""
    seen = Perhaps()
    for number in range(100_000):
        seen.add(f"demo:{number}")
    assert sum(f"demo:{number}" in seen for number in range(100_000, 150_000)) < 10
