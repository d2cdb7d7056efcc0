"""Answers about custody as JSON values: amounts and quantities as decimal strings, dates ISO (interface.md)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sandyq.basics.language import Language
from sandyq.basics.origin import Origin
from sandyq.cli.forms import Json, day, exact, findings, money
from sandyq.exposure.result import Range
from sandyq.workstation.cash_accounts import StablecoinFee
from sandyq.workstation.consolidating import Consolidated, ConsolidatedLine
from sandyq.workstation.contract import Question
from sandyq.workstation.entities import EntityLink, EntityView
from sandyq.workstation.issuers import Issuers
from sandyq.workstation.perimeters import ReserveShare
from sandyq.workstation.recorded import (
    CashAccount,
    EligibilityItem,
    LadderDay,
    Match,
    PartyView,
    Reconciliation,
    ReconciliationLine,
    SignedBalance,
)


def asked(q: Question, known_at: str) -> Json:
    """What every answer names: the day, the moment of knowledge and the book."""
    return {"as_of": day(q.as_of), "known_at": known_at, "book": q.book}


def origin(value: Origin | None) -> Json | None:
    return None if value is None else {"entry": value.entry, "line": value.line}


def reconciliation(result: Reconciliation, language: Language) -> Json:
    return {
        "day": day(result.day), "accounts": list(result.accounts), "file": result.file or None,
        "counts": {match.value: result.count(match) for match in Match},
        "breaks": sum(1 for line in result.lines if line.match is not Match.MATCHED),
        "lines": [_line(line) for line in result.lines],
        "signed": [signed(item, language) for item in result.signed],
        "findings": findings(result.findings, language),
    }


def _line(line: ReconciliationLine) -> Json:
    difference = None if line.ours is None or line.theirs is None else line.ours - line.theirs
    return {
        "account": line.account, "kind": line.kind, "subject": line.subject, "name": line.name,
        "match": line.match.value, "ours": exact(line.ours), "theirs": exact(line.theirs),
        "difference": exact(difference), "our_price": exact(line.our_price), "their_price": exact(line.their_price),
        "currency": line.currency or None, "value_usd": money(line.value_usd), "since": day(line.since),
        "age_days": line.age_days, "owner": line.owner or None, "note": line.note or None,
        "status": line.status or None, "stated_on": day(line.stated_on), "origin": origin(line.origin),
    }


def signed(item: SignedBalance, language: Language) -> Json:
    return {"account": item.account, "day": day(item.day), "person": item.person,
            "known_at": item.known_at.isoformat(), "holds": item.holds,
            "contradictions": [language.say(text) for text in item.contradictions]}


def account(item: CashAccount) -> Json:
    return {"account": item.account, "institution": item.institution or None, "form": item.form or None,
            "book": item.book, "currency": item.currency, "booked": money(item.booked),
            "settled": money(item.settled), "unsettled": money(item.unsettled), "statement": money(item.statement),
            "statement_day": day(item.statement_day), "overdraft_reason": item.overdraft_reason or None}


def ladder_day(item: LadderDay) -> Json:
    return {"day": day(item.day), "account": item.account, "currency": item.currency, "inflow": money(item.inflow),
            "outflow": money(item.outflow), "balance": money(item.balance), "references": list(item.references)}


def fee(item: StablecoinFee, language: Language) -> Json:
    return {"reference": item.reference, "day": day(item.day), "account": item.account or None,
            "provider": item.provider, "licence": item.licence, "token": item.token,
            "token_amount": exact(item.token_amount), "rate_to_par": exact(item.rate_to_par),
            "par_reference": item.par_reference, "booked_usd": money(item.booked_usd),
            "cost_usd": money(item.cost_usd), "findings": findings(item.findings, language)}


def party(item: PartyView, language: Language) -> Json:
    return {"party": item.party, "name": item.name, "kind": item.kind, "country": item.country or None,
            "status": item.status, "roles": [{"role": role, "subject": subject} for role, subject in item.roles],
            "licence": item.licence or None, "licence_authority": item.licence_authority or None,
            "licence_until": day(item.licence_until), "licence_status": item.licence_status or None,
            "findings": findings(item.findings, language)}


def entity(result: EntityView, language: Language) -> Json:
    return {"party": party(result.party, language), "exposure_usd": money(result.exposure_usd),
            "possible_usd": money(result.possible_usd), "links": [_link(link) for link in result.links],
            "findings": findings(result.findings, language)}


def _link(link: EntityLink) -> Json:
    return {"role": link.role, "holding": link.holding, "chain": list(link.chain),
            "amount_usd": money(link.amount_usd), "exposed": link.exposed, "counted": link.counted,
            "source": link.source or None, "origin": origin(link.origin)}


def eligibility(item: EligibilityItem, language: Language) -> Json:
    value = exact(item.value) if isinstance(item.value, Decimal) else item.value
    return {"name": item.name, "label": language.say(item.label), "value": value, "unit": item.unit or None,
            "day": day(item.day), "source": item.source or None, "origin": origin(item.origin),
            "flag": language.say(item.flag) if item.flag else None}


def consolidated(result: Consolidated, language: Language) -> Json:
    return {
        "books": list(result.books), "lines": [_consolidated(line) for line in result.lines],
        "totals": {"market_value_usd": _monies(result.market_value_usd), "cost_usd": _monies(result.cost_usd),
                   "net_invested_usd": _monies(result.net_invested_usd), "exposure_usd": _ranges(result.exposure_usd)},
        "by_coin": {coin: {book: _range(value) for book, value in by_book.items()}
                    for coin, by_book in result.by_coin.items()},
        "findings": findings(result.findings, language),
    }


def issuers(result: Issuers, language: Language) -> Json:
    return {"books": list(result.books), "findings": findings(result.findings, language), "issuers": [{
        "issuer": line.issuer, "direct_usd": _monies(line.direct_usd),
        "through_funds_usd": _monies(line.through_funds_usd), "total_usd": _monies(line.total_usd),
        "parts": [{"instrument": part.instrument or None, "fund": part.fund or None, "share": exact(part.share),
                   "day": day(part.day), "amounts": _monies(part.amounts), "origin": origin(part.origin)}
                  for part in line.parts]} for line in result.lines]}


def reserve_share(item: ReserveShare) -> Json:
    return {"date": day(item.day), "series": item.series, "amount_usd": money(item.amount_usd), "of": day(item.of),
            "published": day(item.published), "source": item.source, "age_days": item.age,
            "freshness": item.freshness.value, "market_value_usd": money(item.market_value_usd),
            "share": None if item.share is None else float(item.share),
            "basis_points": None if item.basis_points is None else float(item.basis_points)}


def _consolidated(line: ConsolidatedLine) -> Json:
    return {"instrument": line.instrument, "symbol": line.symbol, "name": line.name,
            "quantity": {book: exact(value) for book, value in line.quantity.items()},
            "cost_usd": _monies(line.cost_usd), "market_value_usd": _monies(line.market_value_usd),
            "exposure_usd": _ranges(line.exposure_usd)}


def _monies(values: Mapping[str, Decimal | None]) -> Json:
    return {book: money(value) for book, value in values.items()}


def _ranges(values: Mapping[str, Range]) -> Json:
    return {book: {"low": money(value.low), "central": money(value.central), "high": money(value.high)}
            for book, value in values.items()}


def _range(value: Range) -> Json:
    return {"low": exact(value.low), "central": exact(value.central), "high": exact(value.high)}
