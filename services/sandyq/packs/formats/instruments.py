"""Instruments and facts about them: the plain list, and the wider file of issuer facts with sources.

Each becomes attributes of one instrument under a stable id, SYMBOL.MIC; coins per share become fund holdings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from stdnum import isin as isin_rules

from sandyq.basics.text import N_
from sandyq.packs import dates
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.formats.fund_holdings import exact_or_none, restated
from sandyq.packs.formats.sponsors import sponsor_group
from sandyq.packs.formats.underlying import single_coin, structure, underlying
from sandyq.packs.sanity import FundChecks, Stated
from sandyq.packs.sheet import BadCell, Cells, Sheet, refuse_lookalike
from sandyq.reference.coins import STABLECOINS, TOKEN_KINDS
from sandyq.reference.custodians import custodian_of
from sandyq.reference.kinds import COMPANIES, FUNDS, Kind, kind_of
from sandyq.reference.venues import mic_of

_MIC: Final = re.compile(r"[A-Z0-9]{4}")
_MOST_FEE: Final = Decimal(10)
_PLAIN: Final = ("name", "domicile", "structure")
_CLASS: Final = re.compile(r",? class [A-Z]$", re.IGNORECASE)
_ASIDE: Final = re.compile(r"\s*\([^)]*\)")
_Facts = dict[str, str]


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``instrument_attribute`` rows, and ``fund_holding`` rows where a fund's coins or shares are given."""
    checks = FundChecks(sheet.context, sheet.report)
    seen: dict[str, int] = {}

    def change(cells: Cells) -> Sequence[Produced]:
        symbol, kind = _identity(cells)
        mic = _mic(cells)
        identity = f"{symbol}.{mic}"
        if identity in seen:
            sheet.report.warn("row-contradicts",
                              N_("The row is about the instrument of line {line}; the later one counts.",
                                                    line=seen[identity]), line=cells.line, subject=identity)
        facts = _facts(cells, sheet, symbol, kind, mic)
        valid_from, quality = cells.maybe_day("valid_from"), _quality(cells)
        source = cells.note("source")
        made: list[Produced] = [
            ("instrument_attribute", (cells.line, identity, name, value, valid_from,
                                      (cells.note("fee_source") or source) if name == "fee_pct" else source, quality))
            for name, value in facts.items()]
        made += _holdings(cells, sheet, symbol, kind, facts, checks)
        seen[identity] = cells.line
        return made

    return sheet.convert(change)


def _identity(cells: Cells) -> tuple[str, Kind]:
    """Return symbol and kind; a token is refused here: the sleeve holds listed instruments only."""
    word = cells.needed("kind")
    symbol = cells.symbol()
    if word.lower() in TOKEN_KINDS or symbol in STABLECOINS:
        raise BadCell("token-refused", N_("A coin, token, stablecoin or wallet cannot be an instrument of this book."),
                      "kind", word)
    kind = kind_of(word)
    if kind is None:
        raise BadCell("kind-unknown", N_("This kind of instrument is not known."), "kind", word)
    return symbol, kind


def _mic(cells: Cells) -> str:
    column = "mic" if cells.text("mic") else "exchange"
    stated = cells.needed(column)
    refuse_lookalike(stated, column)
    mic = mic_of(stated)
    if not _MIC.fullmatch(mic):
        raise BadCell("venue-unknown",
                      N_("This venue is not known; give its market identifier code in the column mic."),
                      column, stated)
    return mic


def _quality(cells: Cells) -> str:
    flag = cells.text("verified").lower()
    if not flag:
        return "filed"
    return "verified" if flag in {"yes", "true", "1"} else "unverified"


def _facts(cells: Cells, sheet: Sheet, symbol: str, kind: Kind, mic: str) -> _Facts:
    facts: _Facts = {"symbol": symbol, "kind": kind.value, "mic": mic, "currency": cells.currency()}
    for name in _PLAIN:
        facts[name] = _without_aside(cells.text(name)) if name == "domicile" else cells.text(name)
    wording = cells.text("underlying")
    if wording:
        facts["underlying"] = underlying(wording)
        facts["structure"] = facts["structure"] or structure(wording)
        if facts["underlying"] not in {wording, wording.upper()} and not _same_shares(facts["underlying"], wording):
            sheet.report.info("underlying-read-as", N_("The underlying was read as {coins}.",
                                                       coins=facts["underlying"]),
                              line=cells.line, column="underlying", value=wording, subject=symbol)
    _add_issuer(facts, cells, kind)
    custodians = dict.fromkeys(" ".join(custodian_of(part).split()) for part in cells.text("coin_custodian").split(";"))
    facts["coin_custodian"] = ";".join(name for name in custodians if name)
    facts["isin"] = _isin(cells)
    facts["fee_pct"] = _fee(cells) or ""
    facts["leverage"] = cells.maybe_number("leverage") or ""
    facts["listed_from"] = _listed(cells, sheet, symbol)
    for name in ("amber_days", "red_days"):
        facts[name] = cells.maybe_number(name, sign="positive") or ""
    return {name: value for name, value in facts.items() if value}


def _same_shares(read_as: str, wording: str) -> bool:
    """Whether only the spelling of the shares changed (1.00 for 1)."""
    return [part.partition(":")[0] for part in read_as.split(";")] == [
        part.partition(":")[0].strip() for part in wording.split(";")] and "(" not in wording and "+" not in wording


def _add_issuer(facts: _Facts, cells: Cells, kind: Kind) -> None:
    """A company issues itself where the file names no issuer; a fund's sponsor group is the house behind it."""
    issuer = cells.text("issuer")
    if not issuer and kind in COMPANIES:
        issuer = _without_aside(_CLASS.sub("", facts.get("name", "")))
    facts["issuer"] = issuer
    facts["sponsor_group"] = cells.text("sponsor_group") or (
        sponsor_group(issuer) if issuer and kind not in COMPANIES else "")


def _without_aside(text: str) -> str:
    return _ASIDE.sub("", text).strip(" ,;")


def _isin(cells: Cells) -> str:
    stated = cells.text("isin")
    if not stated:
        return ""
    refuse_lookalike(stated, "isin")
    compact = stated.replace(" ", "").upper()
    if not isin_rules.is_valid(compact):
        raise BadCell("bad-isin", N_("The ISIN's length, country or check digit is wrong."), "isin", stated)
    return compact


def _fee(cells: Cells) -> str | None:
    fee = cells.maybe_number("fee_pct", percent=True, sign="zero")
    if fee is not None and Decimal(fee) > _MOST_FEE:
        raise BadCell("fee-implausible", N_("A yearly fee above {most} % is not plausible.", most=_MOST_FEE), "fee_pct",
                      fee)
    return fee


def _listed(cells: Cells, sheet: Sheet, symbol: str) -> str:
    stated = cells.text("listed_from")
    return _as_of(cells, sheet, "listed_from", symbol) or "" if stated else ""


def _as_of(cells: Cells, sheet: Sheet, column: str, symbol: str) -> str | None:
    """Return a day that may have a note in brackets or lack its day or month (then the last day it can be)."""
    stated = _without_aside(cells.text(column))
    if not stated:
        return None
    try:
        found = dates.partial(stated)
        if found is None:
            return dates.parse(stated, sheet.order)
    except dates.BadDate as bad:
        raise BadCell("bad-date", bad.reason, column, stated) from None
    day, complete = found
    if not complete:
        sheet.report.info("date-partial", N_("The date is not complete; {day} is taken.", day=date.fromisoformat(day)),
                          line=cells.line, column=column, value=stated, subject=symbol)
    return day


def _holdings(cells: Cells, sheet: Sheet, symbol: str, kind: Kind, facts: _Facts,
              checks: FundChecks) -> list[Produced]:
    """Return one ``fund_holding`` row for each day that the file gives a figure of, quality as its basis says."""
    figures = {name: cells.maybe_number(column, sign="positive", suffix=name == "shares")
               for name, column in (("coins", "coins_held"), ("shares", "shares_outstanding"),
                                    ("per_share", "coins_per_share"))}
    if not any(figures.values()):
        return []
    if kind not in FUNDS:
        sheet.report.info("facts-not-booked", N_("Coins and shares of a company are not taken from this file; "
                                                 "import its company holdings."), line=cells.line, subject=symbol)
        return []
    basis = cells.text("coins_per_share_basis").lower()
    asset = single_coin(facts.get("underlying", ""))
    days: dict[str, dict[str, str]] = {}
    for name, column in (("coins", "coins_held_asof"), ("shares", "shares_asof"), ("per_share",
                                                                                   "coins_per_share_asof")):
        value = figures[name]
        if value is None:
            continue
        day = _as_of(cells, sheet, column, symbol)
        if day is None:
            sheet.report.warn("as-of-missing", N_("The figure has no day and is left out."), line=cells.line,
                              column=column, value=value, subject=symbol)
            continue
        days.setdefault(day, {})[name] = value
    made: list[Produced] = []
    for day, said in sorted(days.items()):
        numbers = {name: exact_or_none(said.get(name)) for name in figures}
        checks.check(Stated(symbol, date.fromisoformat(day), asset, numbers["coins"], numbers["shares"],
                            numbers["per_share"], None, None), cells.line)
        adjusted = "shares" in said and restated(cells.text("shares_asof"))
        made.append(("fund_holding", (cells.line, symbol, day, asset, said.get("coins"), said.get("shares"),
                                      said.get("per_share"), None, None, None, "S" if adjusted else "R",
                                      _basis(basis) if "per_share" in said else _quality(cells), cells.note("source"))))
    return made


def _basis(text: str) -> str:
    """Return computed or official where the file says so; every other basis is a derived figure."""
    return next((word for word in ("computed", "official") if text.startswith(word)), "derived")


FORMAT: Final = Format(
    "instruments", "instruments",
    columns("ticker>symbol name kind underlyings>underlying sponsor_issuer>issuer exchange mic currency isin domicile "
            "sponsor_group custodian_of_coins>coin_custodian launch_or_listing_date>listed_from structure "
            "coins_held_asof coins_per_share_asof coins_per_share_basis shares_asof fee_source source verified notes",
            dates="valid_from", numbers="fee_pct leverage coins_held coins_per_share shares_outstanding amber_days "
            "red_days", required="symbol name kind currency"),
    frozenset({"exchange", "mic"}), read)
