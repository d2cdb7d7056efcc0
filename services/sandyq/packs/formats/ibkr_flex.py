"""Interactive Brokers, Flex query in XML: trades, cash transactions and transfers of one or several accounts.

Attributes hold everything; elements are counted from the top, and their number stands for the line. Executions are
read, summaries of them are not. Money that only a total is given of is booked as one unit at that total.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from xml.etree.ElementTree import Element

from sandyq.basics.decimals import canonical, product, quotient
from sandyq.basics.text import N_, Text
from sandyq.book.transactions import TransactionType
from sandyq.packs import dates, numbers
from sandyq.packs.checks import isin_of
from sandyq.packs.documents import Document, elements, root_name
from sandyq.packs.format import Format, Produced
from sandyq.packs.references import References
from sandyq.packs.sheet import BadCell, refuse_lookalike, ticker
from sandyq.reference.facts import FactRow

_STOCKS: Final = frozenset({"STK", "FUND"})
_READ: Final = frozenset({"Trade", "CashTransaction", "CorporateAction", "Transfer"})
_FRAMES: Final = frozenset({"FlexQueryResponse", "FlexStatements", "FlexStatement", "Trades", "CashTransactions",
                            "CorporateActions", "Transfers", "FxTransactions"})
_VENUES: Final = MappingProxyType({
    "NASDAQ": "XNAS", "NYSE": "XNYS", "ARCA": "ARCX", "BATS": "BATS", "AMEX": "XASE", "LSE": "XLON",
    "LSEETF": "XLON", "IBIS": "XETR", "IBIS2": "XETR", "EBS": "XSWX", "SEHK": "XHKG"})
_DIRECTIONS: Final = MappingProxyType({"BUY": TransactionType.BUY, "SELL": TransactionType.SELL})
_CASH: Final = MappingProxyType({
    "dividends": (TransactionType.DIVIDEND, 1), "payment in lieu of dividends": (TransactionType.DIVIDEND, 1),
    "withholding tax": (TransactionType.WITHHOLDING, -1), "broker interest received": (TransactionType.INTEREST, 1),
    "bond interest received": (TransactionType.INTEREST, 1), "broker interest paid": (TransactionType.FEE, -1),
    "other fees": (TransactionType.FEE, -1), "commission adjustments": (TransactionType.FEE, -1),
    "advisor fees": (TransactionType.FEE, -1)})
"""Type in the file, in lower case → ours, and the sign of the amount that it has."""
_MONEY: Final = frozenset({"deposits/withdrawals", "deposits & withdrawals", "deposits and withdrawals"})
_PER_SHARE: Final = re.compile(r"\b([A-Z]{3}) ([0-9]+(?:\.[0-9]+)?)(?: PER SHARE\b| *-| *\()")
_DAY: Final = re.compile(r"[;, T]")
_Attributes = Mapping[str, str]


def read_document(document: Document) -> Iterator[Produced]:
    """Yield ``booking`` rows. Corporate actions are refused with the advice to book the event."""
    reader = _Reader(document)
    skipped: Counter[str] = Counter()
    for number, above, element in elements(document):
        name = str(element.tag)
        if name not in _READ or len(above) > 4:
            if name not in _FRAMES:
                skipped[name] += 1
            continue
        document.report.read += 1
        try:
            yield from reader.rows(name, number, _with_account(element.attrib, above))
        except BadCell as bad:
            document.report.refuse(bad.code, bad.reason, line=number, column=bad.column, value=bad.value,
                                   subject=element.get("symbol", "")[:40])
    for name, count in sorted(skipped.items()):
        document.report.info("section-ignored", N_("{n} elements {name} are not read: they repeat or explain others.",
                                                   n=count, name=name[:60]))
    if not document.report.read:
        document.report.warn("no-rows", N_("The file has no trades, cash transactions or transfers."))


class _Reader:
    """Turns the attributes of one element into booking rows."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._references = References()

    def rows(self, name: str, number: int, said: _Attributes) -> Iterator[Produced]:
        match name:
            case "Trade":
                made = self._trade(number, said)
            case "CashTransaction":
                made = [self._cash(number, said)]
            case "Transfer":
                made = [self._transfer(number, said)]
            case _:
                raise BadCell("event-to-book", N_("This is a corporate action; book it as an event: {what}",
                                                  what=said.get("description", "")[:200]), "type",
                              said.get("type", ""))
        for row in made:
            yield "booking", row

    def _trade(self, number: int, said: _Attributes) -> list[FactRow]:
        _executed(said)
        _stock(said)
        side = said.get("buySell", "").strip().upper()
        if side not in _DIRECTIONS:
            raise BadCell("trade-cancelled" if "CA" in side else "type-unknown",
                          N_("Only plain purchases and sales are read; correct the booking by hand."), "buySell", side)
        quantity = _number(said, "quantity")
        if not quantity or (quantity > 0) != (side == "BUY"):
            raise BadCell("sign-contradicts", N_("The sign of the quantity contradicts the direction."), "quantity",
                          str(quantity))
        if _number(said, "multiplier", "1") not in {Decimal(0), Decimal(1)}:
            raise BadCell("multiplier", N_("Contracts with a multiplier are not read."), "multiplier",
                          said.get("multiplier", ""))
        price = _number(said, "tradePrice")
        if price <= 0:
            raise BadCell("zero-number", N_("The column {column} cannot be zero.", column="tradePrice"), "tradePrice",
                          str(price))
        traded, currency = _day(said, "tradeDate", "dateTime"), _currency(said, "currency")
        settled = self._settled(number, said, traded)
        reference = self._named(said, ("tradeID", "transactionID", "ibExecID"), traded, side, str(quantity), str(price))
        commission = _cost(said, "ibCommission")
        paid_in = said.get("ibCommissionCurrency", "").strip() or currency
        own = commission if paid_in == currency else Decimal(0)
        row = self._row(number, said, reference, traded, settled, _DIRECTIONS[side], abs(quantity), price, currency,
                        own, _cost(said, "taxes"))
        if not commission or paid_in == currency:
            return [row]
        money = self._money_row(number, said, f"{reference}-fee", traded, TransactionType.FEE, commission,
                                _currency(said, "ibCommissionCurrency"), "commission")
        return [row, money]

    def _cash(self, number: int, said: _Attributes) -> FactRow:
        if said.get("levelOfDetail", "").upper() == "SUMMARY":
            raise BadCell("summary", N_("This is a summary; the rows that it adds up are read."), "levelOfDetail")
        kind = said.get("type", "").strip()
        folded = kind.lower()
        amount = _number(said, "amount")
        if not amount:
            raise BadCell("zero-number", N_("The column {column} cannot be zero.", column="amount"), "amount", "0")
        day, currency = _day(said, "settleDate", "dateTime", "reportDate"), _currency(said, "currency")
        reference = self._named(said, ("transactionID", "tradeID"), day, kind, str(amount), currency,
                                said.get("description", ""))
        note = said.get("description", "").strip()
        if folded in _MONEY:
            ours = TransactionType.FUNDING if amount > 0 else TransactionType.REDEMPTION
            return self._money_row(number, said, reference, day, ours, abs(amount), currency, note)
        if folded not in _CASH:
            raise BadCell("type-unknown", N_("This type of cash transaction is not read."), "type", kind)
        ours, sign = _CASH[folded]
        if (amount > 0) != (sign > 0):
            raise BadCell("amount-returned", N_("The amount goes back on an earlier one; reverse that booking, with a "
                                                "reason."), "amount", str(amount))
        if ours in {TransactionType.DIVIDEND, TransactionType.WITHHOLDING}:
            return self._income(number, said, reference, day, ours, abs(amount), currency)
        if folded == "broker interest paid":
            self._document.report.info("interest-paid", N_("Interest paid is booked as a fee."), line=number,
                                       column="amount", value=str(amount))
        return self._money_row(number, said, reference, day, ours, abs(amount), currency, note)

    def _income(self, number: int, said: _Attributes, reference: str, day: str, kind: TransactionType, amount: Decimal,
                currency: str) -> FactRow:
        """Book income as shares times amount per share where the description gives it, else as one unit."""
        quantity, price = Decimal(1), amount
        found = _PER_SHARE.search(said.get("description", "").upper())
        if kind is TransactionType.DIVIDEND and found and found[1] == currency and Decimal(found[2]):
            shares = quotient(amount, Decimal(found[2]))
            if shares == round(shares, 4) and product(shares, Decimal(found[2])) == amount:
                quantity, price = shares, Decimal(found[2])
        if quantity == 1 and price == amount:
            self._document.report.info("total-only", N_("The file gives the total only; it is booked as one unit at "
                                                        "that total."), line=number, column="amount",
                                       value=canonical(amount))
        return self._row(number, said, reference, day, day, kind, quantity, price, currency, Decimal(0), Decimal(0))

    def _transfer(self, number: int, said: _Attributes) -> FactRow:
        direction = said.get("direction", "").strip().upper()
        if direction not in {"IN", "OUT"}:
            raise BadCell("type-unknown", N_("The direction of the transfer is neither in nor out."), "direction",
                          direction)
        day = _day(said, "date", "dateTime", "reportDate")
        currency = _currency(said, "currency")
        money, quantity = (_number(said, name, "0") for name in ("cashTransfer", "quantity"))
        reference = self._named(said, ("transactionID",), day, direction, str(money), str(quantity), currency)
        if money and not quantity:
            ours = TransactionType.FUNDING if direction == "IN" else TransactionType.REDEMPTION
            return self._money_row(number, said, reference, day, ours, abs(money), currency,
                                   said.get("description", ""))
        _stock(said)
        if not quantity:
            raise BadCell("zero-number", N_("The column {column} cannot be zero.", column="quantity"), "quantity", "0")
        price = abs(_number(said, "transferPrice", "0"))
        if not price:
            self._document.report.warn("transfer-without-cost", N_("The transfer has no price; its cost is zero."),
                                       line=number, column="transferPrice", subject=said.get("symbol", ""))
        ours = TransactionType.TRANSFER_IN if direction == "IN" else TransactionType.TRANSFER_OUT
        return self._row(number, said, reference, day, day, ours, abs(quantity), price, currency, Decimal(0),
                         Decimal(0))

    def _settled(self, number: int, said: _Attributes, traded: str) -> str:
        if said.get("settleDateTarget", "").strip():
            settled = _day(said, "settleDateTarget")
            if settled < traded:
                raise BadCell("settles-before-trade", N_("The settlement date is before the trade date."),
                              "settleDateTarget", settled)
            return settled
        self._document.report.warn("settlement-assumed", N_("There is no settlement date; the trade date is taken."),
                                   line=number, column="settleDateTarget")
        self._document.hints.setdefault(number, {})["settle"] = "assumed"
        return traded

    def _named(self, said: _Attributes, names: tuple[str, ...], *content: str) -> str:
        found = next((said[name].strip() for name in names if said.get(name, "").strip() not in {"", "0"}), "")
        return f"ibkr-{found[:80]}" if found else self._references.made((said.get("accountId", ""), *content))

    def _row(self, number: int, said: _Attributes, reference: str, traded: str, settled: str, kind: TransactionType,
             quantity: Decimal, price: Decimal, currency: str, fees: Decimal, taxes: Decimal) -> FactRow:
        symbol = said.get("symbol", "").strip()
        if not symbol:
            raise BadCell("value-missing", N_("The column {column} is blank.", column="symbol"), "symbol")
        hint = self._document.hints.setdefault(number, {})
        isin = isin_of(said.get("isin", ""))
        if isin:
            hint["isin"] = isin
        venue = _VENUES.get(said.get("listingExchange", "").strip().upper(), "")
        if venue:
            hint["mic"] = venue
        if not hint:
            del self._document.hints[number]
        return (number, reference, traded, settled, kind.value, ticker(symbol.replace(" ", "."), "symbol"), "",
                canonical(quantity), canonical(price), currency, canonical(fees), canonical(taxes), _account(said), "",
                said.get("description", "").strip())

    def _money_row(self, number: int, said: _Attributes, reference: str, day: str, kind: TransactionType,
                   amount: Decimal, currency: str, note: str) -> FactRow:
        return (number, reference, day, day, kind.value, "", "", canonical(amount), "1", currency, "0", "0",
                _account(said), "", note.strip())


def _executed(said: _Attributes) -> None:
    level = said.get("levelOfDetail", "").strip().upper()
    if level not in {"", "EXECUTION"}:
        raise BadCell("summary", N_("This is a summary; the rows that it adds up are read."), "levelOfDetail", level)


def _stock(said: _Attributes) -> None:
    """Refuse everything but shares and funds: the sleeve holds nothing else."""
    category = said.get("assetCategory", "").strip().upper()
    reasons: Mapping[str, Text] = {
        "OPT": N_("Options are not held in this book."), "FOP": N_("Options are not held in this book."),
        "FUT": N_("Futures are not held in this book."), "CASH": N_("Currency trades are not booked from this file."),
        "CRYPTO": N_("A coin, token, stablecoin or wallet cannot be an instrument of this book.")}
    if category not in _STOCKS:
        raise BadCell("not-for-this-book", reasons.get(category, N_("This class of asset is not read.")),
                      "assetCategory", category)


def _with_account(said: _Attributes, above: Sequence[Element]) -> _Attributes:
    """Return the attributes with the account of the statement around the element where it names none itself."""
    if said.get("accountId", "").strip():
        return said
    stated = next((item.get("accountId", "") for item in reversed(above) if item.get("accountId")), "")
    return {**said, "accountId": stated}


def _account(said: _Attributes) -> str:
    account = said.get("accountId", "").strip()
    if not account:
        raise BadCell("value-missing", N_("The column {column} is blank.", column="accountId"), "accountId")
    return account


def _number(said: _Attributes, name: str, default: str = "") -> Decimal:
    stated = said.get(name, "").strip() or default
    if not stated:
        raise BadCell("value-missing", N_("The column {column} is blank.", column=name), name)
    try:
        return Decimal(numbers.parse(stated))
    except numbers.BadNumber as bad:
        raise BadCell("bad-number", bad.reason, name, stated) from None


def _cost(said: _Attributes, name: str) -> Decimal:
    """Return a cost as a positive number; the file has costs with a minus. A rebate is refused."""
    value = _number(said, name, "0")
    if value > 0:
        raise BadCell("rebate", N_("A rebate instead of a cost is not read; book it by hand."), name, str(value))
    return -value


def _day(said: _Attributes, *names: str) -> str:
    name = next((name for name in names if said.get(name, "").strip()), "")
    if not name:
        raise BadCell("value-missing", N_("The column {column} is blank.", column=names[0]), names[0])
    stated = said[name].strip()
    try:
        return dates.parse(_DAY.split(stated, maxsplit=1)[0])
    except dates.BadDate as bad:
        raise BadCell("bad-date", bad.reason, name, stated) from None


def _currency(said: _Attributes, name: str) -> str:
    value = said.get(name, "").strip()
    refuse_lookalike(value, name)
    if len(value) != 3 or not value.isalpha():
        raise BadCell("bad-code", N_("This is not a currency code of three letters."), name, value)
    return value.upper()


FORMAT: Final = Format("transactions", "ibkr_flex", read_document=read_document,
                       begins=lambda text: root_name(text) == "FlexQueryResponse")
