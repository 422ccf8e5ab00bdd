"""Routing's grids against somebody else's column."""

from lastmile.importing.agreement import Answer, as_markdown, compare
from lastmile.importing.tables import open_table


def test_every_row_falls_into_one_line_of_the_table(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("id,board\n1,A\n2,B\n3,A\n4,A\n5,Unspecified\n6,A\n")
    given = {
        "1": Answer("A"),
        "2": Answer("A"),
        "3": Answer(None, "no_place"),
        "4": Answer(None, "in_no_grid"),
        "5": Answer("B"),
        "6": Answer("A", "nobody_on_duty"),
    }
    result = compare(open_table(path), given, key="id", expected="board", known=["A", "B"])
    assert (result.agreed, result.differed, result.unspecified, result.missing) == (2, 1, 1, 0)
    assert result.triage == {"no_place": 1, "in_no_grid": 1}
    assert (result.share, result.nobody_on_duty) == (2 / 3, 1)
    said = as_markdown(result)
    assert "| both name the same grid | 2 (0.6667 of the rows where both name one) |" in said
    assert "| 2 | A | B |" in said
