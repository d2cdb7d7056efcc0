"""Unfold an exposure figure into its legs and inputs, down to the rows of files."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.figure import Figure
from sandyq.basics.text import N_, Text
from sandyq.exposure.legs import beta_figure
from sandyq.exposure.result import Exposure, ExposureLine, Leg, NetAssetMultiple, Range

FIGURES = ("exposure_usd", "coins", "coins_usd", "coins_per_share", "premium", "nav", "mnav", "beta", "custodians")
SIDES: Final = ("low", "high")
BETA: Final = ("upper", "r_squared", "standard_error", "observations")
_LEGS = {"asset": N_("Asset leg"), "delta": N_("Enterprise leg"), "beta": N_("Beta leg"), "peers": N_("Peer leg"),
         "mandate": N_("Mandate leg"), "fallback": N_("Fall-back leg")}
_SIDES: Final = MappingProxyType({
    "low": (N_("Low"), N_("The lowest known leg, or the lower bound of the only one")),
    "high": (N_("High"), N_("The highest of all legs and of their upper bounds"))})
COIN_PRICE: Final = N_("Reference price, {coin}")
"""The label by which the workstation knows a coin's price that has no row yet."""
MULTIPLES: Final = MappingProxyType({
    "simple": (N_("Market capitalisation over coins"), "x", N_("Price × basic shares ÷ value of the coins")),
    "diluted": (N_("Diluted market capitalisation over coins"), "x",
                N_("Price × diluted shares ÷ value of the coins")),
    "enterprise": (N_("Enterprise value over coins"), "x",
                   N_("(Market capitalisation + debt + preferred − cash) ÷ value of the coins")),
    "gross_per_share_usd": (N_("Coins per basic share"), "USD", N_("Value of the coins ÷ basic shares")),
    "diluted_gross_per_share_usd": (N_("Coins per diluted share"), "USD", N_("Value of the coins ÷ diluted shares")),
    "net_equity_per_share_usd": (N_("Net coin equity per share"), "USD",
                                 N_("(Value of the coins − debt − preferred + cash) ÷ basic shares")),
    "enterprise_to_market_cap": (N_("Enterprise value over market capitalisation"), "x",
                                 N_("Enterprise value ÷ market capitalisation")),
})


def explain_exposure(line: ExposureLine, exposure: Exposure, figure: str = "exposure_usd") -> Figure:
    """Return the tree behind one figure of a line: its legs, the winning one first and marked as chosen.

    `figure`: a name of `FIGURES`, with a part where it has several: ``coins/BTC``, ``coins/BTC/high``,
    ``exposure_usd/low``, ``mnav/simple``, ``beta/upper``, ``custodians/NAME``. Raises BadInput for another.
    """
    name, _, part = figure.partition("/")
    match name:
        case "exposure_usd" if part in SIDES:
            return _side(_key(line, figure), part, line.exposure_usd, "USD", _legs(line), line)
        case "exposure_usd":
            return _exposure(line, exposure)
        case "coins" | "coins_usd":
            return _coins(line, name, part)
        case "coins_per_share":
            return Figure(_key(line, name), N_("Coins per share"), line.coins_per_share, next(iter(line.coins), ""),
                          note=N_("{word}, {day}", word=line.reported or "", day=line.basis_date),
                          parts=_legs(line), findings=line.findings)
        case "premium":
            return _premium(line)
        case "nav":
            return _nav(line)
        case "mnav":
            return _multiple(line, part)
        case "beta":
            return _beta(line, part)
        case "custodians" if part in line.custodians or (part == "unknown" and "" in line.custodians):
            return _custodian(line, part)
    raise BadInput("figure-unknown", N_("There is no exposure figure {figure}.", figure=figure), where=line.symbol,
                   remedy=N_("Ask for one of: {names}.", names=", ".join(FIGURES)))


def line_figures(line: ExposureLine) -> Iterable[str]:
    """Yield the name of every figure that a line has, as `explain_exposure` takes them."""
    yield "exposure_usd"
    yield from (f"exposure_usd/{side}" for side in SIDES)
    for room, held in (("coins", line.coins), ("coins_usd", line.coins_usd)):
        for coin in held:
            yield f"{room}/{coin}"
            yield from (f"{room}/{coin}/{side}" for side in SIDES)
    if line.coins_per_share is not None:
        yield "coins_per_share"
    if line.premium is not None:
        yield from ("premium", "nav")
    if line.mnav is not None:
        yield "mnav"
        yield from (f"mnav/{name}" for name in MULTIPLES)
    if line.beta is not None:
        yield "beta"
        yield from (f"beta/{name}" for name in BETA)
    yield from (f"custodians/{name or 'unknown'}" for name in line.custodians)


def explain_book(exposure: Exposure, room: str, name: str = "", side: str = "") -> Figure:
    """Return a total of the book: its lines, each with its own tree.

    `room`: exposure_usd, coin_equivalent, coins, coins_usd, coin_prices, custodians (`side` best or worst).
    """
    key = "/".join(part for part in (f"totals/{room}" if not name else room, name, side) if part)
    match room:
        case "exposure_usd":
            parts = tuple(explain_exposure(line, exposure, "/".join(p for p in (room, side) if p))
                          for line in exposure.lines)
            return _sum(key, N_("Look-through exposure"), exposure.total_usd, side, "USD", parts, exposure)
        case "coins" | "coins_usd":
            amounts = exposure.by_coin if room == "coins" else exposure.by_coin_usd
            figure = "/".join(p for p in (room, name, side) if p)
            parts = tuple(explain_exposure(line, exposure, figure) for line in exposure.lines
                          if name in (line.coins if room == "coins" else line.coins_usd)
                          and not (room == "coins" and line.equivalent))
            label = N_("Look-through coins") if room == "coins" else N_("Look-through exposure")
            return _sum(key, label, amounts[name], side, name if room == "coins" else "USD", parts, exposure)
        case "coin_prices":
            return coin_price(exposure, name, key)
        case "coin_equivalent":
            parts = (explain_book(exposure, "exposure_usd"), coin_price(exposure, "BTC", f"{key}/price"))
            return Figure(key, N_("Coin equivalents"), exposure.coin_equivalent, "BTC", N_(
                "Look-through exposure ÷ reference price"), parts=parts, findings=exposure.findings)
    return _keeper(exposure, name, side, key)


def coin_price(exposure: Exposure, coin: str, key: str) -> Figure:
    """Return a coin's reference price; the workstation adds the row that it came from."""
    found = exposure.coin_prices.get(coin)
    if found is None:
        return Figure(key, Text(COIN_PRICE.template, {"coin": coin}), None, "USD", N_(
            "No reference price within five days"), findings=exposure.findings)
    return Figure(key, Text(COIN_PRICE.template, {"coin": coin}), found[0], "USD", N_(
        "{day}, {cutoff}", day=found[1], cutoff=found[2]))


def _sum(key: str, label: Text, amount: Range, side: str, unit: str, parts: tuple[Figure, ...],
         exposure: Exposure) -> Figure:
    value: Decimal | None = getattr(amount, side or "central")
    return Figure(key, label, value, unit, N_("Sum of {count} lines", count=len(parts)), parts=parts,
                  findings=exposure.findings if value is None else (), convention=not parts)


def _keeper(exposure: Exposure, name: str, side: str, key: str) -> Figure:
    """Return the coins that a custodian keeps: by share, or in full wherever it is one of several."""
    keeper = "" if name == "unknown" else name
    best = side == "best"
    parts = tuple(
        Figure(f"{key}/{line.symbol}", Text("{symbol}", {"symbol": line.symbol}), line.symbol, "", N_(
            "Coins at their reference prices × {share}", share=line.custodians[keeper] if best else 1),
            parts=(*(part for coin in line.coins for part in (
                explain_exposure(line, exposure, f"coins/{coin}"),
                coin_price(exposure, coin, f"{key}/{line.symbol}/price/{coin}"))),
                _custodian(line, name)))
        for line in exposure.lines if not line.equivalent and keeper in line.custodians)
    value = (exposure.by_custodian if best else exposure.by_custodian_worst)[keeper]
    label = (N_("Custodian {custodian}: coins, best estimate", custodian=name) if best else
             N_("Custodian {custodian}: coins, at most", custodian=name))
    return Figure(key, label, value, "USD", N_("Sum of {count} lines", count=len(parts)), parts=parts)


def _key(line: ExposureLine, name: str) -> str:
    return f"exposure/{line.symbol}/{name}"


def _exposure(line: ExposureLine, exposure: Exposure) -> Figure:
    amount = line.exposure_usd
    bitcoin = exposure.coin_prices.get("BTC")
    note: Text = line.method
    if amount.central is not None and bitcoin is not None:
        note = N_("{method}; {coins} BTC equivalent at {price}", method=line.method,
                  coins=(amount.central / bitcoin[0]).quantize(Decimal("0.1")), price=bitcoin[0])
    return Figure(_key(line, "exposure_usd"), N_("Look-through exposure"), amount.central, "USD", note=note,
                  parts=(*_legs(line), *_bounds(_key(line, "exposure_usd"), amount, "USD")), findings=line.findings)


def _legs(line: ExposureLine) -> tuple[Figure, ...]:
    ordered = sorted(line.legs, key=lambda leg: not leg.chosen)
    return tuple(_leg(line, leg) for leg in ordered)


def _leg(line: ExposureLine, leg: Leg) -> Figure:
    return Figure(_key(line, leg.name), _LEGS.get(leg.name, N_("Leg")), leg.exposure_usd, "USD", note=leg.note,
                  parts=leg.parts, chosen=leg.chosen)


def _bounds(key: str, amount: Range, unit: str) -> tuple[Figure, ...]:
    return tuple(Figure(f"{key}/{side}", label, getattr(amount, side), unit, note, convention=True)
                 for side, (label, note) in _SIDES.items())


def _side(key: str, side: str, amount: Range, unit: str, parts: tuple[Figure, ...], line: ExposureLine) -> Figure:
    label, note = _SIDES[side]
    return Figure(key, label, getattr(amount, side), unit, note, parts=parts, findings=line.findings)


def _coins(line: ExposureLine, room: str, part: str) -> Figure:
    """Explain coins: one coin's range, or all coins of the line under one node when none is named."""
    label = N_("Coin equivalents") if line.equivalent else N_("Look-through coins")
    if room == "coins_usd":
        label = N_("Look-through exposure")
    held = line.coins if room == "coins" else line.coins_usd
    coin, _, side = part.partition("/")
    if side in SIDES and coin in held:
        return _side(_key(line, f"{room}/{part}"), side, held[coin], coin if room == "coins" else "USD", _legs(line),
                     line)
    nodes = tuple(
        Figure(_key(line, f"{room}/{name}"), label, amount.central, name if room == "coins" else "USD",
               note=line.method, parts=(*_bounds(_key(line, f"{room}/{name}"), amount,
                                                 name if room == "coins" else "USD"), *_legs(line)),
               findings=line.findings)
        for name, amount in held.items() if coin in {"", name})
    if len(nodes) == 1:
        return nodes[0]
    return Figure(_key(line, room), label, None, "", parts=nodes, findings=line.findings)


def _premium(line: ExposureLine) -> Figure:
    premium = line.premium
    if premium is None:
        return Figure(_key(line, "premium"), N_("Premium"), None, "%", findings=line.findings)
    per_cent = None if premium.value is None else premium.value * 100
    return Figure(_key(line, "premium"), N_("Premium over net asset value"), per_cent, "%",
                  note=premium.reason or N_("Price ÷ net asset value per share − 1"), parts=(_nav(line),))


def _nav(line: ExposureLine) -> Figure:
    """Return the net asset value per share; the workstation adds the row that states it."""
    premium = line.premium
    key = _key(line, "nav")
    if premium is None or premium.nav is None:
        reason = premium.reason if premium and premium.reason else N_("Not published")
        return Figure(key, N_("Net asset value per share"), None, "USD", note=reason)
    return Figure(key, N_("Net asset value per share"), premium.nav, "USD",
                  note=None if premium.nav_day is None else N_("of {day}", day=premium.nav_day))


def _multiple(line: ExposureLine, part: str) -> Figure:
    found: NetAssetMultiple | None = line.mnav
    if found is None:
        return Figure(_key(line, "mnav"), N_("mNAV"), None, "x", findings=line.findings)
    key = _key(line, "mnav")
    inputs = next((leg.parts for leg in line.legs if leg.name == "asset"), ())
    balance = next((leg.parts for leg in line.legs if leg.name == "delta"), ())
    if part:
        if part not in MULTIPLES:
            raise BadInput("figure-unknown", N_("There is no exposure figure {figure}.", figure=f"mnav/{part}"),
                           where=line.symbol, remedy=N_("Ask for one of: {names}.", names=", ".join(MULTIPLES)))
        label, unit, note = MULTIPLES[part]
        return Figure(f"{key}/{part}", label, getattr(found, part), unit, note, parts=(*inputs, *balance),
                      findings=line.findings)
    return Figure(key, N_("mNAV by enterprise value"), found.enterprise, "x",
                  note=N_("coins of {coins}, shares of {shares}", coins=found.coins_day, shares=found.shares_day),
                  parts=(*(Figure(f"{key}/{name}", label, getattr(found, name), unit, note, convention=True)
                           for name, (label, unit, note) in MULTIPLES.items()), *inputs, *balance),
                  findings=line.findings)


def _beta(line: ExposureLine, part: str) -> Figure:
    if line.beta is None:
        return Figure(_key(line, "beta"), N_("Beta"), None, "x", findings=line.findings)
    whole = beta_figure(line.symbol, line.beta)
    if not part:
        return whole
    found = next((node for node in whole.parts if node.key == f"{whole.key}/{part}"), None)
    if found is None:
        raise BadInput("figure-unknown", N_("There is no exposure figure {figure}.", figure=f"beta/{part}"),
                       where=line.symbol, remedy=N_("Ask for one of: {names}.", names=", ".join(BETA)))
    return Figure(found.key, found.label, found.value, found.unit, whole.note, parts=(Figure(
        whole.key, whole.label, whole.value, whole.unit, whole.note),))


def _custodian(line: ExposureLine, name: str) -> Figure:
    """Return a custodian's share of the coins; the workstation adds where the custodian is named."""
    keeper = "" if name == "unknown" else name
    count = len(line.custodians)
    note = (N_("No source names the custodian of the coins.") if not keeper else
            N_("The company is taken to hold its coins itself.") if keeper.startswith("self: ") else
            N_("Equal parts between {count} custodians", count=count))
    return Figure(_key(line, f"custodians/{name}"), N_("Share, custodian {custodian}", custodian=name),
                  line.custodians[keeper], "x", note, convention=not keeper or keeper.startswith("self: "))
