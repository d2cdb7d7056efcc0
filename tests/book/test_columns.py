"""Values filled by column are those that the constructor makes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandyq.basics.origin import Origin
from sandyq.book.columns import filled


@given(st.lists(st.tuples(st.integers(), st.integers())))
def test_values_filled_by_column_equal_those_of_the_constructor(rows: list[tuple[int, int]]) -> None:
    made = filled(Origin, rows)
    assert made == [Origin(*row) for row in rows]
    assert [hash(value) for value in made] == [hash(Origin(*row)) for row in rows]
