"""How a row that takes more than there is is told to people."""

from __future__ import annotations

from sandyq.basics.errors import Refused
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.book.lots import Short
from sandyq.book.transactions import Transaction, TransactionType


def refuse(short: Short) -> None:
    """Raise Refused("oversold") naming the row, what it takes and what is available."""
    finding = oversold(short)
    raise Refused("oversold", finding.text, where=short.row.reference, remedy=N_(
        "Check the quantity, the account and the dates of the purchases."), findings=(finding,))


def oversold(short: Short) -> Finding:
    """Return the error for a row that takes more than there is."""
    row = short.row
    return Finding(Severity.ERROR, "oversold", _sentence(short), subject=row.reference, line=row.origin.line,
                   column="lot" if short.lot else "quantity", value=str(row.quantity))


def lot_missing(row: Transaction) -> Finding:
    """Return the error for a sale without a lot in a book of named lots."""
    return Finding(Severity.ERROR, "lot-missing", N_(
        "Sale {reference} names no lot. This book sells named lots: the column lot needs the purchase's reference.",
        reference=row.reference), subject=row.reference, line=row.origin.line, column="lot")


def settles_early(short: Short) -> Finding:
    """Return the warning for a sale that settles before its purchase does."""
    row = short.row
    return Finding(Severity.WARNING, "settles-before-purchase", N_(
        "Sale {reference} settles before the purchase that it takes from, so it counts as unsettled.",
        reference=row.reference), subject=row.reference, line=row.origin.line)


def _sentence(short: Short) -> Text:
    row = short.row
    if row.type is TransactionType.SPLIT:
        return N_("The split {reference} leaves fewer shares than were sold later.", reference=row.reference)
    if short.lot:
        return N_("{reference} takes {wanted} of {instrument} from lot {lot}; {available} is available there.",
                  reference=row.reference, wanted=row.quantity, instrument=row.instrument, lot=short.lot,
                  available=short.available)
    return N_("{reference} takes {wanted} of {instrument} on {day}; {available} is available.",
              reference=row.reference, wanted=row.quantity, instrument=row.instrument, day=row.trade_date,
              available=short.available)
