"""Laws of the order check over random books, mandates and baskets of every measure."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from random_books import DAY, baskets, books, mandates

from sandyq.limits.after_orders import with_orders
from sandyq.limits.evaluate import evaluate
from sandyq.limits.mandate import Mandate
from sandyq.limits.prepared import Prepared
from sandyq.limits.snapshot import Snapshot

few = settings(max_examples=150, deadline=None)


@few
@given(st.data(), books(), mandates())
def test_measuring_the_touched_lines_equals_measuring_the_whole_book_again(
        data: st.DataObject, book: Snapshot, mandate: Mandate) -> None:
    ready = Prepared(book, mandate)
    for _ in range(2):
        basket = data.draw(baskets(book))
        whole = evaluate(with_orders(book, basket, mandate), mandate, DAY)
        for limit, again in zip(ready.after(basket), whole.results, strict=True):
            assert limit.after == again
