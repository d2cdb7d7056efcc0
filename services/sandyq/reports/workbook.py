"""The sheets behind the page: limits, holdings, look-through, sources and notes, as tables of exact numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.findings import Finding
from sandyq.basics.language import Language
from sandyq.basics.text import N_, Text
from sandyq.book.state import Basis, CostMethod
from sandyq.exposure.result import ExposureLine, Rung
from sandyq.limits.result import LimitResult, PartResult
from sandyq.reference.kinds import label
from sandyq.reports.matters import matters_table
from sandyq.reports.rows import note, title
from sandyq.reports.sheet import SheetData
from sandyq.reports.sources import sources_table
from sandyq.reports.tables import Cell, Column, Table
from sandyq.reports.words import STATES, WEEKDAYS, moment_text
from sandyq.valuation.holdings import Line

RUNGS: Final = MappingProxyType({Rung.FALLBACK: N_("fall-back"), Rung.BETA: N_("beta"),
                                 Rung.MANDATE: N_("mandate"), Rung.REPORTED: N_("reported")})
ROLLED: Final = MappingProxyType({"reported": N_("reported"), "rolled": N_("rolled")})
UNIT_NAMES: Final = MappingProxyType({"USD": N_("USD"), "ratio": N_("ratio"), "count": N_("count"),
                                      "days": N_("bd"), "coins": N_("coins")})
DIRECTIONS: Final = MappingProxyType({"max": N_("maximum"), "min": N_("minimum")})
METHODS: Final = MappingProxyType({CostMethod.FIFO: N_("First in, first out"), CostMethod.AVERAGE: N_("Average cost"),
                                   CostMethod.SPECIFIC: N_("Chosen lots")})
BASES: Final = MappingProxyType({Basis.TRADE: N_("By trade date"), Basis.SETTLEMENT: N_("By settlement date")})


def workbook(data: SheetData) -> tuple[Table, ...]:
    """Return the six tables in the language of the sheet."""
    return (limits_table(data), holdings_table(data), exposure_table(data), open_table(data), sources_table(data),
            notes_table(data))


def open_table(data: SheetData) -> Table:
    """Return what is open on the day, one row each: breaches, waivers, overrides, orders."""
    return matters_table(data.matters, data.overrides, data.as_of, data.language)


def limits_table(data: SheetData) -> Table:
    """Return one row per part of every limit, values in the limit's own unit (ratios as plain ratios)."""
    say = data.language.say
    columns = (
        Column(say("Id"), width=6), Column(say("Limit"), width=42), Column(say("Part"), width=32),
        Column(say("State"), width=18), Column(say("State of the part"), width=18), Column(say("Group"), width=18),
        Column(say("Value"), "number", 6, 18), Column(say("Unit of the numbers"), width=12),
        Column(say("Direction"), width=10), Column(say("Warning level"), "number", 4, 16),
        Column(say("Soft"), "number", 4, 16), Column(say("Hard"), "number", 4, 16),
        Column(say("Use"), "percent", 2, 12), Column(say("Excess"), "number", 6, 16),
        Column(say("Headroom, USD"), "number", 2, 18), Column(say("Headroom, shares"), "number", 0, 16),
        Column(say("Instrument of the shares"), width=12), Column(say("Coin move to the limit"), "percent", 2, 14),
        Column(say("Numerator"), "number", 2, 20), Column(say("Denominator"), "number", 2, 20),
        Column(say("Date of the denominator"), "date", width=14), Column(say("Source of the denominator"), width=24),
        Column(say("Clause"), width=60), Column(say("Document"), width=20), Column(say("Section"), width=10),
        Column(say("Cure period, business days"), "number", 0, 12), Column(say("Note"), width=40),
        Column(say("Findings"), width=60),
    )
    rows: list[tuple[Cell, ...]] = []
    for result in sorted(data.run.results, key=lambda item: item.limit.id):
        said = tuple(say(one) for one in data.overrides) if _waits_for_gate(result) else ()
        rows += [_limit_row(result, part, data.language, said) for part in (result.parts or (None,))]
    return Table(say("Limits"), f"{say('Limits')}, {data.language.date(data.as_of)}", columns, tuple(rows))


def _waits_for_gate(result: LimitResult) -> bool:
    return any(part.measure == "gate" for part in result.limit.parts)


def _limit_row(result: LimitResult, part: PartResult | None, language: Language,
               overrides: tuple[str, ...] = ()) -> tuple[Cell, ...]:
    say, limit = language.say, result.limit
    head: tuple[Cell, ...] = (limit.id, title(result, language))
    tail: tuple[Cell, ...] = (limit.clause, limit.document, limit.section,
                              None if limit.cure_days is None else Decimal(limit.cure_days),
                              " ".join((note(result, language), *overrides)).strip())
    if part is None:
        return (*head, "", say(STATES[result.state]), *(None,) * 18, *tail, _said(result.findings, language))
    definition, room = part.part, part.headroom
    return (
        *head, definition.title, say(STATES[result.state]), say(STATES[part.state]), part.group, part.value,
        _word(UNIT_NAMES, definition.unit, language), _word(DIRECTIONS, definition.direction, language),
        definition.warn, definition.soft, definition.hard,
        part.utilisation, part.excess, room.usd, room.shares, room.symbol, room.coin_move, part.numerator,
        part.denominator, part.denominator_day, part.denominator_source, *tail,
        _said((*part.findings, *result.findings), language),
    )


def _word(words: Mapping[str, Text], code: str, language: Language) -> str:
    return language.say(words[code]) if code in words else code


def _said(findings: Iterable[Finding], language: Language) -> str:
    return " ".join(dict.fromkeys(language.say(finding.text) for finding in findings))


def holdings_table(data: SheetData) -> Table:
    """Return one row per line in USD and KZT with price, its date and age; totals are formulas."""
    say = data.language.say
    columns = (
        Column(say("Symbol"), width=12), Column(say("Name"), width=32), Column(say("Kind"), width=20),
        Column(say("Quantity"), "number", 4, 16), Column(say("Price"), "number", 4, 14),
        Column(say("Currency"), width=9), Column(say("Price date"), "date", width=12),
        Column(say("Price age, bd"), "number", 0, 10), Column(say("Price source"), width=20),
        Column(say("Market value, USD"), "number", 2, 20, total=True),
        Column(say("Market value, KZT"), "number", 2, 22, total=True),
        Column(say("Cost, USD"), "number", 2, 20, total=True),
        Column(say("Unrealised, USD"), "number", 2, 18, total=True),
        Column(say("of which currency, USD"), "number", 2, 18, total=True),
        Column(say("Realised, USD"), "number", 2, 18, total=True),
        Column(say("Income, USD"), "number", 2, 16, total=True),
        Column(say("Withholding, USD"), "number", 2, 16, total=True),
        Column(say("Fees, USD"), "number", 2, 14, total=True),
        Column(say("Taxes, USD"), "number", 2, 14, total=True), Column(say("Findings"), width=60),
    )
    rows = tuple(_holding_row(line, data.as_of, data.language) for line in data.holdings.lines)
    notes = [say(N_("Net invested: USD {amount}",
                    amount=data.language.number(data.holdings.net_invested_usd, 2)))]
    if data.holdings.unknown_lines:
        notes.append(say(N_(
            "Lines without a usable price: {n}. The columns they belong to have no total; known: USD {amount}.",
            n=data.holdings.unknown_lines, amount=data.language.number(data.holdings.known_market_value_usd, 2))))
    return Table(say("Holdings"), f"{say('Holdings')}, {data.language.date(data.as_of)}", columns, rows,
                 total_label=say("Total"), notes=tuple(notes))


def _holding_row(line: Line, day: date, language: Language) -> tuple[Cell, ...]:
    price = line.price
    return (
        line.symbol, line.instrument.name(day), language.say(label(line.kind)), line.quantity,
        price.close if price else None, price.currency if price else "", price.day if price else None,
        None if line.age is None else Decimal(line.age), price.source if price else "", line.market_value_usd,
        line.market_value_kzt, line.cost_usd, line.unrealised_usd, line.unrealised_fx_usd, line.realised_usd,
        line.income_usd, line.withholding_usd, line.fees_usd, line.taxes_usd,
        _said(line.findings, language),
    )


def exposure_table(data: SheetData) -> Table:
    """Return one row per line and coin: coins and USD as low, central and high, with the rung of evidence."""
    say = data.language.say
    columns = (
        Column(say("Symbol"), width=12), Column(say("Rung"), width=14), Column(say("Method"), width=40),
        Column(say("Coin"), width=8), Column(say("Coins, low"), "number", 8, 18),
        Column(say("Coins, central"), "number", 8, 18), Column(say("Coins, high"), "number", 8, 18),
        Column(say("Only an equivalent"), width=12), Column(say("Exposure, low, USD"), "number", 2, 20, total=True),
        Column(say("Exposure, central, USD"), "number", 2, 20, total=True),
        Column(say("Exposure, high, USD"), "number", 2, 20, total=True),
        Column(say("Coins per share"), "number", 10, 16), Column(say("Reported or rolled"), width=12),
        Column(say("Basis date"), "date", width=12), Column(say("Premium"), "percent", 3, 12),
        Column(say("mNAV"), "number", 3, 10), Column(say("Beta"), "number", 3, 10), Column(say("Findings"), width=60),
    )
    rows: list[tuple[Cell, ...]] = []
    for line in data.exposure.lines:
        rows += _exposure_rows(line, data.language)
    equivalent = data.language.number(data.exposure.coin_equivalent, 4)
    return Table(say("Look-through"), f"{say('Look-through exposure')}, {data.language.date(data.as_of)}", columns,
                 tuple(rows), total_label=say("Total"),
                 notes=(say(N_("Coin equivalent of the sleeve: {amount} BTC", amount=equivalent)),))


def _exposure_rows(line: ExposureLine, language: Language) -> list[tuple[Cell, ...]]:
    made: list[tuple[Cell, ...]] = []
    for index, (coin, coins) in enumerate(line.coins.items() or (("", None),)):
        # A line's dollars stand in its first row only: a second coin must not count them twice in the total.
        usd: tuple[Cell, ...] = (line.exposure_usd.low, line.exposure_usd.central, line.exposure_usd.high)
        again: tuple[Cell, ...] = ("", "", "")
        beta = None if line.beta is None else Decimal(format(line.beta.value, ".6f"))
        made.append((
            line.symbol, language.say(RUNGS[line.rung]), language.say(line.method), coin,
            *((coins.low, coins.central, coins.high) if coins else (None, None, None)),
            language.say("yes") if line.equivalent else "", *(usd if index == 0 else again), line.coins_per_share,
            _word(ROLLED, line.reported, language), line.basis_date,
            line.premium.value if line.premium else None, line.mnav.diluted if line.mnav else None, beta,
            _said(line.findings, language),
        ))
    return made


def notes_table(data: SheetData) -> Table:
    """Return conventions, dates, the chain head and the marks: what somebody needs who has only this file."""
    say, language = data.language.say, data.language
    mandate, kzt = data.mandate, data.holdings.kzt
    rate = f"{language.value(kzt.rate)}, {language.date(kzt.day)}, {kzt.source}" if kzt else language.value(None)
    rows: list[tuple[Cell, ...]] = [
        (say("Mark"), " · ".join(["DEMO"] * data.demo + [say("FINAL") if data.final else say("DRAFT")])),
        (say("Book"), data.book),
        (say("As of"), f"{language.date(data.as_of)}, {say(WEEKDAYS[data.as_of.weekday()])}"),
        (say("Known at"), say(moment_text(data.known_at))),
        (say("Data cut-off"), say(moment_text(data.data_cut_off))),
        (say("Chain head"), data.chain_head), (say("Journal entries"), Decimal(data.entries)),
        (say("Mandate"), f"{mandate.name} {mandate.version}, {mandate.document}"),
        (say("In force since"), mandate.valid_from), (say("Prepared by"), data.prepared_by),
        (say("Checked by"), data.checked_by), (say("USD/KZT"), rate),
        (say("Lots"), say(METHODS[data.holdings.state.settings.cost_method])),
        (say("Positions"), say(BASES[data.holdings.state.basis])),
        (say("Net invested"), say("Cash convention: purchases with costs minus sale proceeds after costs, not under "
                                  "zero; dividends are left out.")),
        (say("Official rate"), say("The last rate published on or before the day.")),
        (say("Limit in force"), say("The soft limit if there is one, else the hard one; a value equal to a limit is "
                                    "within.")),
        (say("Unknown"), say("An empty number is Unknown, never zero. A total with an Unknown in it is a dash.")),
        (say("Numbers"), say("A spreadsheet keeps 15 to 17 digits; the book itself is exact.")),
    ]
    if data.gate:
        rows.append((say("Entry gate"), say(data.gate)))
    rows += [(say(N_("Override")), say(one)) for one in data.overrides]
    columns = (Column(say("What"), width=26), Column(say("Value"), width=110))
    return Table(say("Notes"), say("Notes"), columns, tuple(rows))
