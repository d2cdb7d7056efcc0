"""What is open on the day: breaches that last, waivers in force, overrides, orders approved and not executed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sandyq.basics.language import Language
from sandyq.basics.text import N_, Text
from sandyq.reports.tables import Cell, Column, Table
from sandyq.reports.words import moment_text, scaled, unit_word

MOST: Final = 3
"""Of each kind on the page; the workbook has all of them."""
LAPSES_SOON: Final = 10
"""Business days before its end from which a waiver is said to lapse soon."""


@dataclass(frozen=True, slots=True)
class StandingWaiver:
    """A waiver in force. `ceiling` in the limit's unit, `left` business days to its last day."""

    reference: str
    limit: str
    unit: str
    ceiling: Decimal
    first: date
    last: date
    left: int

    @property
    def soon(self) -> bool:
        return self.left <= LAPSES_SOON


@dataclass(frozen=True, slots=True)
class OpenBreach:
    """A breach that lasts. `due` None: its limit has no cure period, or a waiver without an end in sight stops it."""

    reference: str
    limit: str
    since: date
    kind: Text | None
    step: Text
    due: date | None
    left: int | None
    overdue: bool
    waiver: StandingWaiver | None


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """A line of an approved order of which something is still to be executed. `price` is the worst that it allows."""

    reference: str
    side: str
    quantity: Decimal
    symbol: str
    price: Decimal
    currency: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Matters:
    """All that is open, each in the order in which it is printed. `breaches` None: the book has no mandate."""

    breaches: tuple[OpenBreach, ...] | None = None
    waivers: tuple[StandingWaiver, ...] = ()
    orders: tuple[OpenOrder, ...] = ()


def lines(matters: Matters, language: Language) -> list[list[str]]:
    """Return (label, sentences) for the page: open breaches even if there is none, then what there is of the rest."""
    found: list[list[str]] = []
    if matters.breaches is not None:
        found.append([language.say(N_("Open breaches")), _listed([_breach(one, language) for one in matters.breaches],
                                                                 language) or language.say(N_("none"))])
    if matters.waivers:
        found.append([language.say(N_("Waivers in force")), _listed([_waiver(one, language) for one in matters.waivers],
                                                                    language)])
    if matters.orders:
        found.append([language.say(N_("Approved, not executed")), _listed([_order(one) for one in matters.orders],
                                                                          language)])
    return found


def _listed(sentences: Sequence[Text], language: Language) -> str:
    said = [language.say(one) for one in sentences[:MOST]]
    if len(sentences) > MOST:
        said.append(language.say(N_("more, in the workbook: {n}", n=len(sentences) - MOST)))
    return "; ".join(said)


def _breach(one: OpenBreach, language: Language) -> Text:
    return N_("{reference} since {day}, {kind}, {step}, {cure}", reference=one.reference, day=one.since,
              kind=one.kind or "\u2014", step=one.step, cure=_cure(one, language))


def _cure(one: OpenBreach, language: Language) -> Text:
    if one.waiver is not None:
        waiver = one.waiver
        return N_("waived by {reference} up to {ceiling} until {day}", reference=waiver.reference, day=waiver.last,
                  ceiling=_ceiling(waiver, language))
    if one.due is None:
        return N_("no cure period")
    if one.overdue:
        return N_("overdue since {day}", day=one.due)
    return N_("cure by {day}, business days left: {n}", day=one.due, n=one.left)


def _waiver(one: StandingWaiver, language: Language) -> Text:
    values = {"reference": one.reference, "limit": one.limit, "ceiling": _ceiling(one, language), "day": one.last,
              "n": one.left}
    if one.soon:
        return N_("{reference}, {limit} up to {ceiling}, lapses on {day}, business days left: {n}", **values)
    return N_("{reference}, {limit} up to {ceiling} until {day}", **values)


def _ceiling(one: StandingWaiver, language: Language) -> str:
    return f"{language.number(scaled(one.ceiling, one.unit))} {unit_word(language, one.unit)}"


def _order(one: OpenOrder) -> Text:
    values = {"reference": one.reference, "quantity": one.quantity, "symbol": one.symbol, "price": one.price,
              "currency": one.currency, "moment": moment_text(one.until)}
    if one.side == "buy":
        return N_("{reference}: purchase of {quantity} {symbol} at {currency} {price}, valid until {moment}", **values)
    return N_("{reference}: sale of {quantity} {symbol} at {currency} {price}, valid until {moment}", **values)


def matters_table(matters: Matters, overrides: Sequence[Text], day: date, language: Language) -> Table:
    """Return one row for each open breach, waiver in force, override of the gate and order line that waits."""
    say = language.say
    columns = (
        Column(say(N_("What")), width=22), Column(say(N_("Reference")), width=26), Column(say(N_("Limit")), width=8),
        Column(say(N_("From")), "date", width=12), Column(say(N_("Class")), width=26),
        Column(say(N_("Life cycle")), width=16), Column(say(N_("Cure by")), "date", width=12),
        Column(say(N_("Business days left")), "number", 0, 12), Column(say(N_("Overdue")), width=10),
        Column(say(N_("Waiver")), width=10), Column(say(N_("Ceiling")), "number", 6, 16),
        Column(say(N_("Unit of the numbers")), width=12), Column(say(N_("Until")), "date", width=12),
        Column(say(N_("Words")), width=90),
    )
    rows = [_breach_row(one, language) for one in matters.breaches or ()]
    rows += [_waiver_row(one, language) for one in matters.waivers]
    rows += [(say(N_("Override")), *("",) * 12, say(one)) for one in overrides]
    rows += [(say(N_("Approved, not executed")), one.reference, *("",) * 10, one.until.date(), say(_order(one)))
             for one in matters.orders]
    notes = (say(N_("No breach lasts, no waiver or override is known, and no approved order waits.")),)
    title = f"{say(N_('Open matters'))}, {language.date(day)}"
    return Table(say(N_("Open matters")), title, columns, tuple(rows), notes=() if rows else notes)


def _breach_row(one: OpenBreach, language: Language) -> tuple[Cell, ...]:
    say, waiver = language.say, one.waiver
    return (say(N_("Open breach")), one.reference, one.limit, one.since, say(one.kind) if one.kind else "",
            say(one.step), one.due if one.due is not None else "",
            Decimal(one.left) if one.left is not None else "", say(N_("yes")) if one.overdue else "",
            waiver.reference if waiver else "", waiver.ceiling if waiver else "", waiver.unit if waiver else "",
            waiver.last if waiver else "", say(_breach(one, language)))


def _waiver_row(one: StandingWaiver, language: Language) -> tuple[Cell, ...]:
    return (language.say(N_("Waiver in force")), one.reference, one.limit, one.first, "", "", "", Decimal(one.left),
            "", one.reference, one.ceiling, one.unit, one.last, language.say(_waiver(one, language)))
