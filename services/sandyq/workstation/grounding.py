"""Lead the leaves of a tree down to rows: lots, splits, fixings, coin prices, closes of a regression, the mandate.

The pure floors name an input where its row is not at hand; here the row is. A leaf ends with an origin, with a
convention said in words, or as Unknown with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sandyq.basics.figure import Figure
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_, Text
from sandyq.exposure.explain import COIN_PRICE
from sandyq.exposure.legs import beta_figure
from sandyq.exposure.result import Beta
from sandyq.market.series import CoinSeries, PricePoint, PriceSeries
from sandyq.reference.instruments import Instrument
from sandyq.valuation.explain import RATE
from sandyq.workstation.picture import Picture
from sandyq.workstation.unfolding import tree_of

_BETA: Final = "Beta to {reference}, {count} daily returns"
_OF_MANDATE: Final = frozenset({"warn", "soft", "hard", "floor"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What only an open book knows: where its mandate is recorded, and what other sources say of a price."""

    mandate: Origin | None = None
    sources: Callable[[PricePoint, str], Text | None] | None = None


def grounded(node: Figure, picture: Picture, ground: Ground) -> Figure:
    """Return the tree with every leaf led to its row where there is one."""
    parts = node.key.split("/")
    if node.parts:
        if node.label.template == _BETA:
            return _regression(node, picture)
        if parts[0] == "holdings" and parts[-1] == "price":
            node = _priced(node, picture, parts[1], ground)
        return replace(node, parts=tuple(grounded(part, picture, ground) for part in node.parts))
    if node.convention:
        return node
    if node.value is None:
        return node if node.note or node.findings else replace(node, note=N_("No source states it."))
    if node.label.template == RATE.template:
        return _crossed(node, picture)
    if node.origin is not None:
        return node
    return _leaf(node, parts, picture, ground)


def _leaf(node: Figure, parts: list[str], picture: Picture, ground: Ground) -> Figure:
    last, symbol = parts[-1], parts[1] if len(parts) > 1 else ""
    if last in _OF_MANDATE or parts[-2:] == ["fallback", "factor"]:
        mandate = picture.mandate
        return replace(node, origin=ground.mandate, note=node.note or N_(
            "Constant of the mandate {name}, {version}", name=mandate.name, version=mandate.version))
    if node.label.template == COIN_PRICE.template:
        return _coin(node, str(node.label.values["coin"]), picture)
    if last == "quantity":
        found = tree_of(picture, symbol, "quantity")
        return replace(node, parts=found[0].parts, convention=found[0].convention) if found else node
    if last == "factor":
        return replace(node, parts=tuple(_splits(node.key, symbol, picture)))
    if parts[-2:] == ["peers", "beta"]:
        return replace(node, parts=tuple(_peers(symbol, picture)))
    if node.label.template == _BETA:
        return _regression(node, picture)
    if last == "nav":
        return _nav(node, symbol, picture)
    line = picture.holdings.line(symbol)
    if line is None:
        return node
    if parts[-2:] == ["mandate", "leverage"] and not line.instrument.text("leverage", picture.as_of):
        return replace(node, note=N_("No leverage is stated."), convention=True)
    named = {"share": "underlying", "leverage": "leverage"}.get(last, "coin_custodian" if "custodians" in parts else "")
    return replace(node, origin=_attribute(line.instrument, named, picture.as_of)) if named else node


def _attribute(instrument: Instrument, name: str, on: date) -> Origin | None:
    found = instrument.attribute(name, on)
    if found is None:
        found = next(iter(instrument.attributes.get(name, ())), None)
    return found.origin if found else None


def _coin(node: Figure, coin: str, picture: Picture) -> Figure:
    series = picture.knowledge.market.coins.get(coin)
    point = series.latest(picture.as_of) if series else None
    return replace(node, origin=point.origin) if point is not None and point.close == node.value else node


def _crossed(node: Figure, picture: Picture) -> Figure:
    """Return a rate made of two fixings with both of them."""
    pairs = str(node.note.values.get("path", "")).split(", ") if node.note else []
    day = node.note.values.get("day") if node.note else None
    if len(pairs) < 2 or not isinstance(day, date):
        return node
    found = []
    for pair in pairs:
        base, _, quote = pair.partition("/")
        series = picture.knowledge.market.fx.get((base, quote))
        point = series.latest(day) if series else None
        if point is not None:
            found.append(Figure(f"{node.key}/{pair}", Text(RATE.template, {"base": base, "quote": quote}), point.rate,
                                quote, N_("fixing of {day}, {source}", day=point.day, source=point.source),
                                point.origin))
    return replace(node, parts=tuple(found)) if found else node


def _splits(key: str, symbol: str, picture: Picture) -> Iterator[Figure]:
    line = picture.holdings.line(symbol)
    if line is None or line.price is None:
        return
    names = dict.fromkeys((symbol, *picture.knowledge.directory.symbols_of(line.instrument)))
    for name in names:
        for split in picture.knowledge.market.splits.get(name, ()):
            if split.ex_date > line.price.day:
                yield Figure(f"{key}/{split.ex_date}", N_("Split {new} for {old}", new=split.new, old=split.old),
                             split.factor, "x", N_("{day}", day=split.ex_date), split.origin)


def _priced(node: Figure, picture: Picture, symbol: str, ground: Ground) -> Figure:
    """Return a price with what other sources say of its day."""
    line = picture.holdings.line(symbol)
    if line is None or line.price is None:
        return node
    if line.price.price_type == "manual":
        return replace(node, parts=(*node.parts, *_by_hand(node.key, line.price, picture)))
    if ground.sources is None:
        return node
    said = ground.sources(line.price, symbol)
    if said is None:
        return node
    return replace(node, parts=(*node.parts, Figure(f"{node.key}/sources", N_("Sources"), line.price.source, "", said,
                                                    line.price.origin)))


def _by_hand(key: str, price: PricePoint, picture: Picture) -> Iterator[Figure]:
    """Yield who gave a price by hand and until when it counts, and the imported close of that day beside it."""
    for symbol, rows in picture.knowledge.market.manual.items():
        for row in rows:
            if row.origin == price.origin:
                yield Figure(f"{key}/author", N_("Given by"), row.author, "", N_(
                    "counts until {expires}", expires=row.expires), row.origin)
                series = picture.knowledge.market.prices.get(symbol)
                official = series.latest(row.day) if series else None
                if official is not None and official.day == row.day:
                    yield Figure(f"{key}/replaced", N_("Imported close of the day"), official.close,
                                 official.currency, N_("{source}, {day}", source=official.source, day=official.day),
                                 official.origin)


def _nav(node: Figure, symbol: str, picture: Picture) -> Figure:
    """Return a net asset value with the row that states it, or the coins per share that it was computed from."""
    line = picture.exposure.line(symbol)
    if line is None or line.premium is None:
        return node
    held = picture.holdings.line(symbol)
    names = (symbol, *picture.knowledge.directory.symbols_of(held.instrument)) if held else (symbol,)
    for name in dict.fromkeys(names):
        for row in picture.knowledge.market.fund_holdings.get(name, ()):
            if row.nav is not None and row.day == line.premium.nav_day:
                return replace(node, origin=row.origin)
    return replace(node, note=N_("Coins per share × reference price"),
                   parts=tuple(grounded(part, picture, Ground()) for leg in line.legs for part in leg.parts))


def _peers(symbol: str, picture: Picture) -> Iterator[Figure]:
    line = picture.holdings.line(symbol)
    if line is None:
        return
    for instrument in picture.knowledge.directory:
        beta = picture.betas.get(instrument.id)
        if beta is not None and beta.admitted and instrument.text("kind", picture.as_of) == line.kind.value:
            yield _regression(beta_figure(instrument.symbol(picture.as_of), beta), picture, beta)


def _regression(node: Figure, picture: Picture, beta: Beta | None = None) -> Figure:
    """Return a beta with its evidence and the two series of closes that it was estimated from."""
    symbol = node.key.split("/")[1]
    if beta is None:
        line = picture.exposure.line(symbol)
        beta = line.beta if line else None
    if beta is None:
        return node
    parts = tuple(replace(part, note=N_("From the same regression"), convention=True) for part in node.parts)
    rows = (*_closes(node.key, symbol, beta, picture), *_closes(node.key, beta.reference, beta, picture))
    return replace(node, parts=(*parts, *rows))


def _closes(key: str, name: str, beta: Beta, picture: Picture) -> Iterable[Figure]:
    """Yield one node for each file that closes of the window came from, with its first row there."""
    coin = name.partition(" ")[0].partition("/")[0]
    market = picture.knowledge.market
    series: PriceSeries | CoinSeries | None = market.prices.get(name) or market.coins.get(name) or (
        market.coins.get(coin))
    if series is None:
        return
    first, last = beta.window_from.toordinal(), beta.window_to.toordinal()
    by_entry: dict[int, list[int]] = {}
    for index, day in enumerate(series.days):
        if first <= day <= last:
            by_entry.setdefault(series.entries[index], []).append(index)
    for entry, places in by_entry.items():
        yield Figure(f"{key}/{name}/{entry}", N_("Closes, {name}", name=name), len(places), "", N_(
            "{count} rows from {first} to {last}", count=len(places), first=date.fromordinal(series.days[places[0]]),
            last=date.fromordinal(series.days[places[-1]])), Origin(entry, series.lines[places[0]]))
