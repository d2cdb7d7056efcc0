"""What limits on registers, papers of funds and company figures rest on, with the rows that they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from sandyq.basics.figure import Figure
from sandyq.basics.text import N_, Text
from sandyq.exposure.companies import CompanyFacts, Stated
from sandyq.limits.result import PartResult
from sandyq.limits.snapshot import Row
from sandyq.reference.kinds import Kind
from sandyq.workstation.picture import Picture
from sandyq.workstation.unfolding import tree_of

_ATTRIBUTES: Final = MappingProxyType({"country": "domicile", "venue": "mic", "exchange": "mic"})
"""Dimension → the attribute of an instrument that it is read from."""
_Rows = Iterable[Row]


def register_figures(key: str, part: PartResult, rows: _Rows, picture: Picture) -> Iterator[Figure]:
    """Yield the inputs of a measure of `REGISTERS`."""
    yield from REGISTERS[part.part.measure](key, part, rows, picture)


def _papers(key: str, part: PartResult, rows: _Rows, picture: Picture) -> Iterator[Figure]:  # noqa: ARG001 - a form
    """The lines held directly, and the last published papers of the funds that are held."""
    for row in rows:
        yield from tree_of(picture, row.symbol)
    known, on = picture.knowledge, picture.as_of
    for row in picture.snapshot.rows:
        fund = known.directory.by_id(row.instrument) if row.kind is Kind.EQUITY_ETF else None
        if fund is None:
            continue
        for paper in known.beside.weights_on((fund.id, *known.directory.symbols_of(fund)), on):
            yield Figure(f"{key}/{row.symbol}/{paper.constituent}", Text("{fund}: {paper}", {
                "fund": row.symbol, "paper": paper.constituent}), paper.weight if paper.market_value is None
                else paper.market_value, "", N_("{day}, {source}", day=paper.day, source=paper.source or "—"),
                paper.origin)


def _companies(key: str, part: PartResult, rows: _Rows, picture: Picture) -> Iterator[Figure]:  # noqa: ARG001
    for row in rows:
        item = picture.knowledge.directory.by_id(row.instrument)
        facts = picture.around.facts(item) if item is not None else None
        if facts is not None:
            yield from _facts(f"{key}/{row.symbol}", facts)


def _facts(key: str, facts: CompanyFacts) -> Iterator[Figure]:
    for coin, stated in facts.coins.items():
        yield _stated(f"{key}/coins/{coin}", N_("Coins, {coin}", coin=coin), coin, stated)
    for coin, stated in facts.pledged.items():
        yield _stated(f"{key}/pledged/{coin}", N_("Pledged or lent, {coin}", coin=coin), coin, stated)
    for name, label, unit in (("basic", N_("Shares outstanding"), "shares"), ("debt", N_("Debt"), "USD"),
                              ("preferred", N_("Preferred shares"), "USD"), ("cash", N_("Cash"), "USD")):
        said: Stated | None = getattr(facts, name)
        if said is not None:
            yield _stated(f"{key}/{name}", label, unit, said)


def _stated(key: str, label: Text, unit: str, stated: Stated) -> Figure:
    return Figure(key, label, stated.value, unit, N_("of {day}", day=stated.day), stated.origin)


def _attributes(key: str, part: PartResult, rows: _Rows, picture: Picture) -> Iterator[Figure]:
    """What the instruments' sources say on the dimension of a list."""
    names = ((_ATTRIBUTES.get(part.part.options.get("dimension", "country"), ""),) if part.part.measure == "white_list"
             else ("issuer", "sponsor_group", "mic", "domicile", "isin"))
    for row in rows:
        instrument = picture.knowledge.directory.by_id(row.instrument)
        for name in names:
            said = instrument.attribute(name, picture.as_of) if instrument is not None else None
            if said is not None:
                yield Figure(f"{key}/{row.symbol}/{name}", Text("{symbol}", {"symbol": row.symbol}), said.value, "",
                             N_("{name}, {source}", name=name.replace("_", " "), source=said.source or "—"),
                             said.origin)


def _unsettled(key: str, part: PartResult, rows: _Rows, picture: Picture) -> Iterator[Figure]:  # noqa: ARG001
    for row in picture.around.open_trades:
        yield Figure(f"{key}/{row.reference}", Text("{reference}", {"reference": row.reference}), row.quantity, "",
                     N_("{side} at {price}, settles on {day}, account {account}", side=row.type.value, price=row.price,
                        day=row.settle_date, account=row.account), row.origin)


def _ratings(key: str, part: PartResult, rows: _Rows, picture: Picture) -> Iterator[Figure]:  # noqa: ARG001
    for row in picture.knowledge.beside.ratings:
        if row.valid_from <= picture.as_of:
            yield Figure(f"{key}/{row.party}/{row.agency}", Text("{party}", {"party": row.party}), row.rating, "",
                         N_("{agency}, from {day}", agency=row.agency, day=row.valid_from), row.origin)


REGISTERS: Final[Mapping[str, Callable[[str, PartResult, _Rows, Picture], Iterator[Figure]]]] = MappingProxyType({
    "through_funds": _papers, "claims_on_coins": _companies, "unencumbered_coins": _companies,
    "enterprise_multiple": _companies, "white_list": _attributes, "negative_list": _attributes,
    "unsettled": _unsettled, "custodian_rating": _ratings,
})
"""Measure → its inputs."""
