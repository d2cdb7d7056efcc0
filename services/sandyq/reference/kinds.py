"""What the sleeve may hold: instrument kinds, and the names under which files know them."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sandyq.basics.text import N_, Text


class Kind(StrEnum):
    """The kind decides how coins are found behind a holding and which limits apply."""

    SPOT_ETF = "spot_etf"
    ETP = "etp"
    FUTURES_ETF = "futures_etf"
    EQUITY_ETF = "equity_etf"
    TREASURY_COMPANY = "treasury_company"
    MINER = "miner"
    EXCHANGE = "exchange"
    INFRASTRUCTURE = "infrastructure"
    TECH_EQUITY = "tech_equity"
    UNLISTED_FUND = "unlisted_fund"
    REFERENCE = "reference"


COMPANIES: Final = frozenset({Kind.TREASURY_COMPANY, Kind.MINER, Kind.EXCHANGE, Kind.INFRASTRUCTURE, Kind.TECH_EQUITY})
FUNDS: Final = frozenset({Kind.SPOT_ETF, Kind.ETP, Kind.FUTURES_ETF, Kind.EQUITY_ETF, Kind.UNLISTED_FUND})

ALIASES: Final = MappingProxyType({
    "etf_spot": Kind.SPOT_ETF, "etf_futures": Kind.FUTURES_ETF, "etf_equity": Kind.EQUITY_ETF,
    "etf_control": Kind.REFERENCE, "equity_treasury": Kind.TREASURY_COMPANY, "equity_miner": Kind.MINER,
    "equity_exchange": Kind.EXCHANGE, "equity_broker": Kind.EXCHANGE, "equity_services": Kind.INFRASTRUCTURE,
    "equity_control": Kind.TECH_EQUITY,
})
"""Names of kinds in files of others, in lower case."""

LABELS: Final = MappingProxyType({
    Kind.SPOT_ETF: N_("Spot ETF"), Kind.ETP: N_("ETP"), Kind.FUTURES_ETF: N_("Futures ETF"),
    Kind.EQUITY_ETF: N_("Crypto-equity ETF"), Kind.TREASURY_COMPANY: N_("Treasury companies"),
    Kind.MINER: N_("Miners"), Kind.EXCHANGE: N_("Exchanges"), Kind.INFRASTRUCTURE: N_("Infrastructure"),
    Kind.TECH_EQUITY: N_("Adjacent high-tech"), Kind.UNLISTED_FUND: N_("Unlisted fund"),
    Kind.REFERENCE: N_("Reference"),
})


def kind_of(name: str) -> Kind | None:
    """Return the kind that a file means by `name`, or None (a token, a coin or a word nobody knows)."""
    folded = name.strip().lower()
    if folded in Kind.__members__.values():
        return Kind(folded)
    return ALIASES.get(folded)


def label(kind: Kind) -> Text:
    """Return the kind's name for people."""
    return LABELS[kind]
