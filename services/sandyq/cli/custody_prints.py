"""Answers about custody as plain tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import click

from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq.cli.prints import findings, table
from sandyq.reference.accounts import ALL_BOOKS
from sandyq.reference.parties import kind_word, standing_word
from sandyq.valuation.holdings import Freshness
from sandyq.workstation.cash_accounts import StablecoinFee
from sandyq.workstation.consolidating import Consolidated
from sandyq.workstation.entities import MONEY, EntityView
from sandyq.workstation.issuers import Issuers
from sandyq.workstation.perimeters import ReserveShare
from sandyq.workstation.recorded import (
    CashAccount,
    EligibilityItem,
    LadderDay,
    Match,
    PartyView,
    Reconciliation,
    SignedBalance,
)

MATCH_WORDS: Final = MappingProxyType({
    Match.MATCHED: N_("Matched"), Match.QUANTITY_BREAK: N_("Quantity differs"),
    Match.PRICE_BREAK: N_("Price differs"), Match.MISSING_HERE: N_("Missing here"),
    Match.MISSING_THERE: N_("Missing there"),
})
FRESHNESS_WORDS: Final = MappingProxyType({
    Freshness.FRESH: N_("Fresh"), Freshness.AMBER: N_("Stale"), Freshness.RED: N_("Too old"),
    Freshness.MISSING: N_("Missing"),
})
_BILLION: Final = Decimal(1_000_000_000)


def reconciliation(result: Reconciliation, language: Language) -> None:
    """Print the breaks; what matches is one line."""
    say, number = language.say, language.number
    if not result.accounts:
        click.echo(say(N_("There is no statement on or before this day.")))
        return
    breaks = [line for line in result.lines if line.match is not Match.MATCHED]
    if breaks:
        table([say("Account"), say("Subject"), say("Name"), say("Break"), say("Ours"), say("Theirs"), say("Our price"),
               say("Their price"), say("Value, USD"), say("Since"), say("Days"), say("Owner"), say("Note")],
              [[line.account, line.subject, line.name, say(MATCH_WORDS[line.match]), number(line.ours),
                number(line.theirs), number(line.our_price), number(line.their_price), number(line.value_usd, 2),
                language.date(line.since), str(line.age_days), line.owner, line.note] for line in breaks],
              frozenset({4, 5, 6, 7, 8, 10}))
    click.echo(say(N_("{day}: {breaks} breaks, {matched} matched.", day=result.day, breaks=len(breaks),
                      matched=result.count(Match.MATCHED))))
    signed(result.signed, language)
    findings(result.findings, language)


def signed(items: Sequence[SignedBalance], language: Language) -> None:
    for item in items:
        click.echo(language.say(N_("{account} on {day}, signed by {person}: {state}", account=item.account,
                                   day=item.day, person=item.person,
                                   state=N_("holds") if item.holds else N_("does not hold"))))
        for text in item.contradictions:
            click.echo(f"  {language.say(text)}")


def accounts(items: Sequence[CashAccount], language: Language) -> None:
    say, number = language.say, language.number
    table([say("Account"), say("Institution"), say("Form"), say("Book"), say("Currency"), say("Booked"),
           say("Settled"), say("Unsettled"), say("Statement"), say("Statement day")],
          [[item.account, item.institution, item.form, item.book, item.currency, number(item.booked, 2),
            number(item.settled, 2), number(item.unsettled, 2), number(item.statement, 2),
            language.date(item.statement_day)] for item in items], frozenset({5, 6, 7, 8}))


def ladder(items: Sequence[LadderDay], language: Language) -> None:
    say, number = language.say, language.number
    if not items:
        click.echo(say(N_("Nothing that is booked moves in these days.")))
        return
    table([say("Day"), say("Account"), say("Currency"), say("In"), say("Out"), say("Balance"), say("References")],
          [[language.date(item.day), item.account, item.currency, number(item.inflow, 2), number(item.outflow, 2),
            number(item.balance, 2), ", ".join(item.references)] for item in items], frozenset({3, 4, 5}))


def fees(items: Sequence[StablecoinFee], language: Language) -> None:
    say, number = language.say, language.number
    if not items:
        click.echo(say(N_("No fee has been settled in a stablecoin.")))
        return
    table([say("Reference"), say("Day"), say("Provider"), say("Licence"), say("Token"), say("Amount"),
           say("Rate to par"), say("Booked, USD"), say("Cost, USD")],
          [[item.reference, language.date(item.day), item.provider, item.licence, item.token,
            number(item.token_amount), number(item.rate_to_par), number(item.booked_usd, 2), number(item.cost_usd, 2)]
           for item in items], frozenset({5, 6, 7, 8}))
    findings([finding for item in items for finding in item.findings], language)


def parties(items: Sequence[PartyView], language: Language) -> None:
    say = language.say
    if not items:
        click.echo(say(N_("The registers are empty on this day.")))
        return
    table([say("Party"), say("Name"), say("Kind"), say("Country"), say("Status"), say("Licence"), say("Until"),
           say("Licence status"), say("Roles")],
          [[item.party, item.name, say(kind_word(item.kind)), item.country, say(standing_word(item.status)),
            item.licence, language.date(item.licence_until) if item.licence_until else "",
            say(standing_word(item.licence_status)) if item.licence_status else "",
            ", ".join(f"{say(kind_word(role))} {subject}" for role, subject in item.roles)] for item in items])
    findings([finding for item in items for finding in item.findings], language)


def entity(result: EntityView, language: Language) -> None:
    say, number = language.say, language.number
    table([say("Role"), say("Chain"), say("USD"), say("Counted"), say("Source")],
          [[say(N_("Bank") if link.role == MONEY else kind_word(link.role)), " → ".join(link.chain),
            number(link.amount_usd, 2) if link.exposed else "",
            "+" if link.counted else "", link.source] for link in result.links], frozenset({2}))
    click.echo(say(N_("{party}: {amount} USD, each holding once; {possible} USD with coins of unknown custody.",
                      party=result.party.name, amount=_cents(result.exposure_usd),
                      possible=_cents(result.possible_usd))))
    findings(result.findings, language)


def eligibility(items: Sequence[EligibilityItem], language: Language) -> None:
    say = language.say
    table([say("Item"), say("Value"), say("Unit"), say("Day"), say("Source"), say(N_("Doubt"))],
          [[say(item.label), say(item.said) if item.said else language.value(item.value), item.unit,
            language.date(item.day) if item.day else "",
            item.source, say(item.flag) if item.flag else ""]
           for item in items])


def consolidated(result: Consolidated, language: Language) -> None:
    """Print market values in a column per book with the total, then the totals of net invested and look-through."""
    say, number = language.say, language.number
    columns = (*result.books, ALL_BOOKS)
    words = [say(N_("All books")) if book == ALL_BOOKS else book for book in columns]
    rows = [[line.symbol, line.name, *(number(line.quantity.get(book)) if book in line.quantity else ""
                                       for book in columns),
             number(line.market_value_usd.get(ALL_BOOKS), 2)] for line in result.lines]
    table([say("Symbol"), say("Name"), *words, say("Value, USD")], rows,
          frozenset(range(2, len(columns) + 3)))
    seen = {book: value.central for book, value in result.exposure_usd.items()}
    for label, values in ((N_("Market value, USD"), result.market_value_usd),
                          (N_("Net invested, USD"), result.net_invested_usd),
                          (N_("Look-through, USD"), seen)):
        click.echo(f"{say(label)}: " + "  ".join(
            f"{word} {number(values[book], 2)}" for word, book in zip(words, columns, strict=True)))
    findings(result.findings, language)


def issuers(result: Issuers, language: Language) -> None:
    """Print each issuer's total by book, and how much of the whole comes through funds."""
    say, number = language.say, language.number
    columns = (*result.books, ALL_BOOKS)
    table([say("Issuer"), *(say("All books") if book == ALL_BOOKS else book for book in columns),
           say("Through funds")],
          [[line.issuer, *(number(line.total_usd[book], 2) for book in columns),
            number(line.through_funds_usd[ALL_BOOKS], 2)] for line in result.lines],
          frozenset(range(1, len(columns) + 2)))
    findings(result.findings, language)


def reserve_shares(found: Sequence[ReserveShare], language: Language) -> None:
    """Print each series by day: amount, publication, age, and the sleeve's share in per cent and basis points."""
    say, number = language.say, language.number
    if not found:
        click.echo(say(N_("No figure of the reserves was published, or the book has no mandate.")))
        return
    table([say("Date"), say("Series"), say("USD bn"), say("Of"), say("Published"), say("Age, days"), say("Freshness"),
           say("Share, %"), say("Basis points")],
          [[language.date(item.day), item.series, number(item.amount_usd / _BILLION, 3), language.date(item.of),
            language.date(item.published), str(item.age), say(FRESHNESS_WORDS[item.freshness]),
            number(None if item.share is None else item.share * 100, 3), number(item.basis_points, 2)]
           for item in found], frozenset({2, 5, 7, 8}))
    last = {item.series: item for item in found}
    for item in (item for item in last.values() if item.freshness is not Freshness.FRESH):
        click.echo("  " + say(N_("The figure of {series} is of {day}, {age} days old.", series=item.series, day=item.of,
                                 age=item.age)))


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal("0.01"))
