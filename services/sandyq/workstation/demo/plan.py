"""What the demo's central bank bought, when, and from which money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SPLIT_DAY = date(2024, 8, 8)
STALE_FROM = date(2026, 10, 28)
"""BETF has no price from this day on: three business days old on the demo's last day."""

INSTRUMENTS = (
    # symbol, name, kind, underlying, issuer, mic, fee, sponsor group, custodians, domicile
    ("IBIT", "iShares Bitcoin Trust", "spot_etf", "BTC:1.00", "iShares Delaware Trust Sponsor", "XNAS", "0.25",
     "BlackRock", "Coinbase Custody;Anchorage Digital", "US"),
    ("FBTC", "Fidelity Wise Origin", "spot_etf", "BTC:1.00", "FD Funds Management", "BATS", "0.25", "Fidelity",
     "Fidelity Digital Assets", "US"),
    ("BITB", "Bitwise Bitcoin ETF", "spot_etf", "BTC:1.00", "Bitwise Investment Advisers", "ARCX", "0.20", "Bitwise",
     "Coinbase Custody", "US"),
    ("GBTC", "Grayscale Bitcoin", "spot_etf", "BTC:1.00", "Grayscale Investments", "ARCX", "1.50", "Grayscale",
     "Coinbase Custody", "US"),
    ("ETHA", "iShares Ethereum", "spot_etf", "ETH:1.00", "iShares Delaware Trust Sponsor", "XNAS", "0.25",
     "BlackRock", "Coinbase Custody;Anchorage Digital", "US"),
    ("BETF", "Illustrative Bitcoin ETP", "etp", "BTC:1.00", "Illustrative ETP issuer", "AIXK", "0.65",
     "Illustrative sponsor", "BitGo Trust", "KZ"),
    ("BITO", "ProShares futures", "futures_etf", "BTC", "ProShares", "ARCX", "0.95", "ProShares", "", "US"),
    ("MSTR", "Strategy Inc A", "treasury_company", "BTC", "Strategy", "XNAS", "", "", "", "US"),
    ("COIN", "Coinbase Global A", "exchange", "BTC", "Coinbase Global", "XNAS", "", "", "", "US"),
    ("MARA", "MARA Holdings", "miner", "BTC", "MARA Holdings", "XNAS", "", "", "", "US"),
    ("BLOK", "Amplify Blockchain", "equity_etf", "MIXED", "Amplify", "ARCX", "0.70", "Amplify", "", "US"),
    ("NVDA", "NVIDIA Corp", "tech_equity", "NONE", "NVIDIA", "XNAS", "", "", "", "US"),
)


@dataclass(frozen=True, slots=True)
class Tranche:
    """Money from the parent and what it bought, as shares of the tranche."""

    day: date
    million: float
    weights: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Sale:
    """A part of one position that was sold."""

    day: date
    symbol: str
    share: float


_CORE = (("IBIT", .35), ("FBTC", .29), ("BITB", .17), ("GBTC", .08), ("NVDA", .11))
_WIDE = (("IBIT", .32), ("FBTC", .24), ("BITB", .11), ("ETHA", .12), ("NVDA", .09), ("MSTR", .05), ("COIN", .04),
         ("BITO", .03))
_REST = (("IBIT", .34), ("FBTC", .24), ("BITB", .13), ("ETHA", .10), ("NVDA", .06), ("BLOK", .03), ("MARA", .03),
         ("BETF", .03), ("MSTR", .04))

TRANCHES = (
    Tranche(date(2024, 2, 20), 16.0, _CORE),
    Tranche(date(2024, 4, 9), 16.0, _CORE),
    Tranche(date(2024, 5, 21), 18.0, (("IBIT", .38), ("FBTC", .30), ("BITB", .20), ("MSTR", .06), ("COIN", .06))),
    Tranche(date(2024, 9, 17), 22.0, _WIDE),
    Tranche(date(2025, 1, 14), 22.0, _WIDE),
    Tranche(date(2025, 5, 13), 24.0, _WIDE),
    Tranche(date(2025, 6, 17), 23.0, _REST),
    Tranche(date(2026, 4, 14), 24.0, _REST),
    Tranche(date(2026, 5, 19), 24.0, _REST),
    Tranche(date(2026, 6, 16), 24.0, _CORE),
    Tranche(date(2026, 7, 14), 21.0, _REST),
)
SALES = (Sale(date(2025, 9, 9), "NVDA", 0.30), Sale(date(2025, 9, 9), "COIN", 0.25))
