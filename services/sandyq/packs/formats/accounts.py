"""Our accounts: where they are kept, in what money and form, and which book they belong to (F125)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.checks import period, word
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE, Form
from sandyq.reference.coins import STABLECOINS, TOKEN_KINDS

_FORMS: Final = tuple(form.value for form in Form)


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``account`` rows. A wallet or an account of tokens is refused: tokens are never held."""
    def change(cells: Cells) -> Sequence[Produced]:
        stated, money = cells.needed("form"), cells.text("currency").upper()
        if stated.lower() in TOKEN_KINDS or money in STABLECOINS:
            raise BadCell("token-refused", N_("A coin, token, stablecoin or wallet cannot be an account of this book."),
                          "form", stated)
        form = word(cells, "form", _FORMS)
        currency = cells.currency() if money or form != Form.SECURITIES else ""
        book = cells.text("book") or SLEEVE
        if book == ALL_BOOKS:
            raise BadCell("bad-book", N_("This is not the name of a book."), "book", book)
        first, last = period(cells)
        return [("account", (cells.line, cells.needed("account"), cells.note("institution"), currency or None, form,
                             book, cells.note("owner"), first, last, cells.note("source")))]

    return sheet.convert(change, (1, 3, 7))


FORMAT: Final = Format(
    "accounts", "accounts",
    columns("account institution currency form book owner source", dates="valid_from valid_to",
            required="account form"), frozenset(), read)
