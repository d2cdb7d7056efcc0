"""What a limit can be put together from, in words: measures, units, dimensions, denominators, bases.

The lists themselves are the registries that reading a mandate uses; here stand their names for people. A word that is
missing is said by its own name, so a new measure is usable before it is named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.decimals import HUNDRED, product
from sandyq.basics.text import N_, Text

MEASURE_WORDS: Final[Mapping[str, Text]] = MappingProxyType({
    "market_value": N_("Sum over positions"), "net_invested": N_("Net invested capital"),
    "pace": N_("Net purchases in a period"), "first_tranche": N_("First tranche"), "custodian": N_("Coin custodian"),
    "coin_mix": N_("Coin mix"), "ownership": N_("Share of units or votes"), "days_to_exit": N_("Days to exit, a line"),
    "book_exit": N_("Days to exit, the book"), "order_volume": N_("Order in daily volumes"),
    "token_count": N_("Tokens held"), "short_count": N_("Short positions"),
    "forbidden_products": N_("Forbidden products"), "premium": N_("Premium at purchase"), "drawdown": N_("Drawdown"),
    "programme": N_("National programme"), "stale_share": N_("Share priced too long ago"),
    "fallback_share": N_("Share on fall-back look-through"), "holdings_age": N_("Age of company holdings"),
    "coin_equivalent": N_("Coin equivalent"), "gate": N_("Entry gate is open"),
    "claims_on_coins": N_("Claims on a company's coins"), "unencumbered_coins": N_("Unencumbered coins"),
    "enterprise_multiple": N_("Enterprise value to coins"), "white_list": N_("Outside the white list"),
    "negative_list": N_("On the negative list"), "unsettled": N_("Unsettled with a broker"),
    "custodian_rating": N_("Rating of our custodian"), "largest_groups": N_("Largest groups together"),
    "groups_above": N_("Groups above a share"), "herfindahl": N_("Concentration (Herfindahl)"),
    "through_funds": N_("One name, direct and through funds"), "apportioned": N_("Sum by coin, custodian or account"),
    "entity": N_("One entity in all its roles"), "var": N_("Value at risk"),
    "expected_shortfall": N_("Expected shortfall"), "stress": N_("Worst stress"),
})
UNIT_WORDS: Final[Mapping[str, Text]] = MappingProxyType({
    "USD": N_("US dollars"), "ratio": N_("per cent"), "count": N_("number"), "days": N_("days"),
})
SCOPE_WORDS: Final[Mapping[str, Text]] = MappingProxyType({
    "kind": N_("Kind"), "symbol": N_("Instrument"), "issuer": N_("Issuer"), "sponsor_group": N_("Sponsor group"),
    "currency": N_("Currency"), "country": N_("Country"), "venue": N_("Venue"), "coin": N_("Coin"),
    "custodian": N_("Coin custodian"), "broker": N_("Broker"), "entity": N_("Entity"), "exchange": N_("Exchange"),
    "account": N_("Account"), "instrument": N_("Instrument id"), "isin": N_("ISIN"), "structure": N_("Structure"),
    "securities_custodian": N_("Securities custodian"),
})
DENOMINATOR_WORDS: Final[Mapping[str, Text]] = MappingProxyType({
    "": N_("none: an absolute amount"), "sleeve": N_("the sleeve"), "coins": N_("the coins behind it"),
    "reserves:gross": N_("gross gold-FX assets"), "reserves:gold": N_("gold in reserves"),
    "reserves:fx": N_("FX part of reserves"),
})
BASIS_WORDS: Final[Mapping[str, Text]] = MappingProxyType({
    "market_value": N_("market value"), "cost": N_("cost"), "look_through": N_("look-through exposure"),
    "beta_adjusted": N_("beta-adjusted value"), "highest": N_("the highest of value, cost, look-through"),
})
DIRECTION_WORDS: Final[Mapping[str, Text]] = MappingProxyType({"max": N_("at most"), "min": N_("at least")})
BLOCK_WORDS: Final[Mapping[str, Text]] = MappingProxyType({
    "hard": N_("beyond the hard limit"), "soft": N_("beyond the soft limit"), "none": N_("never: it informs"),
})
LEVEL_WORDS: Final[Mapping[str, Text]] = MappingProxyType({
    "warn": N_("warning"), "soft": N_("soft limit"), "hard": N_("hard limit"),
})


def word(words: Mapping[str, Text], name: str) -> Text:
    """Return the words of a name, or the name itself."""
    return words.get(name) or Text("{name}", {"name": name.replace("_", " ")})


def amount(value: Decimal | None, unit: str) -> Text:
    """Return a threshold or a value in its unit, in words: per cent, US dollars, days, a number. None: a dash."""
    if value is None:
        return Text("—")
    if unit == "ratio":
        return N_("{amount} %", amount=product(value, HUNDRED))
    if unit == "USD":
        return N_("{amount} USD", amount=value)
    if unit == "days":
        return N_("{amount} days", amount=value)
    return N_("{amount}", amount=value)
