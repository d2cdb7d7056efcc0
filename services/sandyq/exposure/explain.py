"""Unfold an exposure figure into its legs and inputs, down to the rows of files."""

from __future__ import annotations

from decimal import Decimal

from sandyq.basics.errors import BadInput
from sandyq.basics.figure import Figure
from sandyq.basics.text import N_, Text
from sandyq.exposure.legs import beta_figure
from sandyq.exposure.result import Exposure, ExposureLine, Leg, NetAssetMultiple, Range

FIGURES = ("exposure_usd", "coins", "coins_per_share", "premium", "mnav", "beta")
_LEGS = {"asset": N_("Asset leg"), "delta": N_("Enterprise leg"), "beta": N_("Beta leg"), "peers": N_("Peer leg"),
         "mandate": N_("Mandate leg"), "fallback": N_("Fall-back leg")}


def explain_exposure(line: ExposureLine, exposure: Exposure, figure: str = "exposure_usd") -> Figure:
    """Return the tree behind one figure of a line: its legs, the winning one first and marked as chosen.

    `figure`: exposure_usd, coins (or coins/BTC), coins_per_share, premium, mnav, beta. Raises BadInput for another.
    """
    name, _, coin = figure.partition("/")
    match name:
        case "exposure_usd":
            return _exposure(line, exposure)
        case "coins":
            return _coins(line, coin)
        case "coins_per_share":
            return Figure(_key(line, name), N_("Coins per share"), line.coins_per_share, next(iter(line.coins), ""),
                          note=N_("{word}, {day}", word=line.reported or "", day=line.basis_date),
                          parts=_legs(line), findings=line.findings)
        case "premium":
            return _premium(line)
        case "mnav":
            return _multiple(line)
        case "beta" if line.beta is not None:
            return beta_figure(line.symbol, line.beta)
        case "beta":
            return Figure(_key(line, name), N_("Beta"), None, "x", findings=line.findings)
    raise BadInput("figure-unknown", N_("There is no exposure figure {figure}.", figure=figure), where=line.symbol,
                   remedy=N_("Ask for one of: {names}.", names=", ".join(FIGURES)))


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
    return (Figure(f"{key}/low", N_("Low"), amount.low, unit), Figure(f"{key}/high", N_("High"), amount.high, unit))


def _coins(line: ExposureLine, coin: str) -> Figure:
    """Explain coins: one coin's range, or all coins of the line under one node when none is named."""
    label = N_("Coin equivalents") if line.equivalent else N_("Look-through coins")
    nodes = tuple(
        Figure(_key(line, f"coins/{name}"), label, held.central, name, note=line.method,
               parts=(*_bounds(_key(line, f"coins/{name}"), held, name), *_legs(line)), findings=line.findings)
        for name, held in line.coins.items() if coin in {"", name})
    if len(nodes) == 1:
        return nodes[0]
    return Figure(_key(line, "coins"), label, None, "", parts=nodes, findings=line.findings)


def _premium(line: ExposureLine) -> Figure:
    premium = line.premium
    if premium is None:
        return Figure(_key(line, "premium"), N_("Premium"), None, "%", findings=line.findings)
    per_cent = None if premium.value is None else premium.value * 100
    return Figure(_key(line, "premium"), N_("Premium over net asset value"), per_cent, "%", note=premium.reason,
                  parts=(Figure(_key(line, "premium/nav"), N_("Net asset value per share"), premium.nav, "USD",
                                note=None if premium.nav_day is None else N_("of {day}", day=premium.nav_day)),))


def _multiple(line: ExposureLine) -> Figure:
    found: NetAssetMultiple | None = line.mnav
    if found is None:
        return Figure(_key(line, "mnav"), N_("mNAV"), None, "x", findings=line.findings)
    rows = (("simple", N_("Market capitalisation over coins"), found.simple, "x"),
            ("diluted", N_("Diluted market capitalisation over coins"), found.diluted, "x"),
            ("enterprise", N_("Enterprise value over coins"), found.enterprise, "x"),
            ("gross", N_("Coins per basic share"), found.gross_per_share_usd, "USD"),
            ("diluted_gross", N_("Coins per diluted share"), found.diluted_gross_per_share_usd, "USD"),
            ("net_equity", N_("Net coin equity per share"), found.net_equity_per_share_usd, "USD"),
            ("ratio", N_("Enterprise value over market capitalisation"), found.enterprise_to_market_cap, "x"))
    key = _key(line, "mnav")
    inputs = next((leg.parts for leg in line.legs if leg.name == "asset"), ())
    balance = next((leg.parts for leg in line.legs if leg.name == "delta"), ())
    return Figure(key, N_("mNAV by enterprise value"), found.enterprise, "x",
                  note=N_("coins of {coins}, shares of {shares}", coins=found.coins_day, shares=found.shares_day),
                  parts=(*(Figure(f"{key}/{name}", label, value, unit) for name, label, value, unit in rows),
                         *inputs, *balance), findings=line.findings)
