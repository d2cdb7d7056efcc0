"""The pause of the search for reference cycles ends as it began."""

from __future__ import annotations

import gc

import pytest

from sandyq.book.collector import paused_collector


def failing_inside_two_pauses() -> None:
    with paused_collector():
        with paused_collector():
            assert not gc.isenabled()
        assert not gc.isenabled()
        raise ZeroDivisionError


def test_the_search_for_cycles_is_on_again_after_a_failure_inside_two_pauses() -> None:
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        failing_inside_two_pauses()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
