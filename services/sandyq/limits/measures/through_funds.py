"""Sums in which each fund on shares is taken apart into its papers: one company, direct and via funds (L17, F011)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from sandyq.basics.decimals import ZERO, product
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.apportioned import bounded
from sandyq.limits.measures.base import (
    DENOMINATORS,
    Below,
    Measure,
    Reach,
    amount_of,
    denominator,
    dimension,
    in_scope,
    measured,
    missing_rows,
    speaker,
)
from sandyq.limits.result import Measured, Slope
from sandyq.limits.snapshot import Row, Snapshot, total
from sandyq.limits.surroundings import Constituent
from sandyq.reference.kinds import FUNDS, Kind

_KEYS = frozenset({"issuer", "kind", "country", "symbol"})
_Pieces = Sequence[tuple[Row, Decimal]]
"""(the line itself, or a fund's paper in the form of a line; its share of the line that we hold)."""


def take(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the sums per group, direct holdings and the papers of funds by their last published weights.

    A paper that the book does not know counts in every scope of kinds of company. A fund without published papers may
    hold any of them: all of it counts for every group while that stays under every level, else the group is Unknown.
    """
    below = denominator(snapshot, part)
    closed = [row for row in snapshot.rows if row.kind is Kind.EQUITY_ETF and row.quantity
              and not snapshot.around.constituents.get(row.symbol)]
    pieces = [piece for row in snapshot.rows for piece in _pieces(row, part, snapshot)]
    homeless = total(amount_of(row, part.basis) for row in closed)
    findings = [Finding(Severity.WARNING, "weights-missing", N_(
        "No holdings of {symbol} are published on or before {day}.", symbol=row.symbol, day=snapshot.as_of),
        row.symbol) for row in closed]
    groups: dict[str, list[tuple[Row, Decimal]]] = {}
    for piece in pieces:
        groups.setdefault(dimension(piece[0], part.group_by), []).append(piece)
    results = []
    for group, own in groups.items():
        held = total(_amount(row, share, part) for row, share in own)
        lost = missing_rows((row for row, _ in own), part.basis)
        results.append(measured(group, bounded(held, homeless, below, part), below,
                                partial(_slope, own, snapshot, below), [*lost, *findings]))
    if not results:
        results.append(measured("", bounded(ZERO, homeless, below, part), below, None, findings))
    return tuple(results)


def _pieces(row: Row, part: Part, snapshot: Snapshot) -> Iterable[tuple[Row, Decimal]]:
    papers = snapshot.around.constituents.get(row.symbol, ()) if row.kind is Kind.EQUITY_ETF else ()
    if row.kind is not Kind.EQUITY_ETF and in_scope([row], part):
        yield row, Decimal(1)
    for paper in papers:
        piece = replace(row, issuer=paper.issuer, kind=paper.kind or row.kind, country=paper.country)
        if _counts(paper, piece, part):
            yield piece, paper.share


def _counts(paper: Constituent, piece: Row, part: Part) -> bool:
    if paper.kind in FUNDS:
        return False
    rule = part if paper.kind else replace(part, scope={k: v for k, v in part.scope.items() if k != "kind"})
    return bool(in_scope([piece], rule))


def _amount(row: Row, share: Decimal, part: Part) -> Decimal | None:
    amount = amount_of(row, part.basis)
    return None if amount is None else product(amount, share)


def _slope(pieces: _Pieces, snapshot: Snapshot, below: Below) -> Slope | None:
    direct = [row for row, share in pieces if share == 1]
    chosen = speaker(direct or [row for row, _ in pieces], snapshot)
    if chosen is None:
        return None
    adds = sum((share for row, share in pieces if row.symbol == chosen.symbol), ZERO)
    return Slope(chosen.symbol, chosen.price, adds, below.buy_below, below.buy_above, below.room_to_floor,
                 total(product(row.exposure, share) if row.exposure is not None else None for row, share in pieces),
                 below.coin)


MEASURE = Measure("through_funds", take, frozenset({"USD", "ratio"}), scopes=_KEYS, groups=_KEYS - {"symbol"},
                  denominators=DENOMINATORS, bases=frozenset({"market_value", "cost"}),
                  reach=Reach.SUM)
