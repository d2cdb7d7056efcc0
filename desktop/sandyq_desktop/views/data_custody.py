"""Data, custody: the custodian's statement held against the book, signed balances, and the money of each account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sandyq.basics.text import N_, Text
from sandyq.workstation.contract import Question
from sandyq.workstation.recorded import Match, Reconciliation, ReconciliationLine
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Choice
from sandyq_desktop.dialogs.account import AccountDialog
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column, Group
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views import acts
from sandyq_desktop.views import data_columns as columns
from sandyq_desktop.views.data_parts import Marked, caption, marked
from sandyq_desktop.views.pane import Pane

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

NO_ROW = N_("No row is chosen.")
NOTHING_SIGNED = N_("No balance is signed.")


class StatementPane(Pane):
    """Breaks on top, the worst first; matched lines folded away and counted; owner and note; balances signed."""

    def __init__(self, context: ViewContext) -> None:
        look = context.look
        self.accounts = Choice(look)
        self.accounts.addItem(look.say(N_("All accounts")), "")
        super().__init__(context, "statement", statement_columns(look), N_("Reconciliation"), ask=self._held,
                         rows=lambda found: found.lines, note=_reconciled)
        self.add(self.accounts)
        self.bring = self.act(N_("Import a statement"), lambda: context.run("import"))
        self.noted = self.act(N_("Owner and note"), self._note, why_not=_no_break)
        self.sign = self.act(N_("Sign the balance"), self._sign, why_not=lambda row: None if isinstance(
            row, ReconciliationLine) else NO_ROW)
        model = self.table.model
        model.folded = {"matched"}
        model.set_groups(lambda row: "matched" if row.match is Match.MATCHED else "breaks", self._group)
        self.signed = Table(signed_columns(look), look, N_("Signed balances").template)
        self._caption = caption(context, N_("Signed balances"))
        self.put_below(self._caption, self.signed)
        self._parts.setSizes([600, 160])
        self.answered.connect(self._lower)
        self.accounts.activated.connect(lambda _i: self.refresh())
        self.restyle()

    def _held(self, door: Workstation, q: Question) -> Reconciliation:
        chosen = str(self.accounts.currentData() or "")
        return door.custody.reconcile(q, (chosen,) if chosen else None)

    def _group(self, key: str) -> str:
        return self._context.words(N_("Matched") if key == "matched" else N_("Breaks"))

    def _lower(self, found: Reconciliation) -> None:
        if not self.accounts.currentData():
            known = [self.accounts.itemData(place) for place in range(1, self.accounts.count())]
            if known != list(found.accounts):
                while self.accounts.count() > 1:
                    self.accounts.removeItem(1)
                for account in found.accounts:
                    self.accounts.addItem(account, account)
        if isinstance(self.table.current(), Group):
            self.table.choose(lambda row: isinstance(row, ReconciliationLine))
        self.signed.show_rows(found.signed)
        self.signed.setVisible(bool(found.signed))
        broken = sum(1 for one in found.signed if not one.holds)
        self._caption.tone("t_breach" if broken else "tx")
        self._caption.tell(N_("Signed balances: {n}. Contradicted by later entries: {broken}.", n=len(found.signed),
                              broken=broken) if found.signed else NOTHING_SIGNED)

    def _note(self) -> None:
        row = self.table.current()
        if isinstance(row, ReconciliationLine) and _no_break(row) is None:
            acts.note_break(self._context, row, self._day(row), self)

    def _sign(self) -> None:
        row = self.table.current()
        if isinstance(row, ReconciliationLine):
            acts.sign_balance(self._context, row.account, self._day(row), self)

    def _day(self, row: ReconciliationLine) -> date:
        return row.stated_on or self._context.question.as_of

    def restyle(self) -> None:
        super().restyle()
        self.accounts.setItemText(0, self._context.words(N_("All accounts")))
        self.accounts.setAccessibleName(self._context.words(N_("Account")))
        self.accounts.setFont(self._context.look.font("small"))
        self._caption.restyle()
        self.signed.restyle()


def statement_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of a reconciliation, with the day since when a break lasts."""
    since = Column("since", N_("Since"), lambda r: "" if r.match is Match.MATCHED else r.since, tone=lambda _r: "tx2")
    found: list[Column] = []
    for column in columns.match_columns(look):
        if column.key == "age":
            found.append(since)
        found.append(replace(column, tone=_apart) if column.key == "difference" else column)
    return tuple(found)


def _apart(row: ReconciliationLine) -> str:
    return "t_soft" if row.ours != row.theirs else "tx3"


def signed_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of signed balances: red when later entries contradict one, with what contradicts it."""
    def why(row: Any) -> str:
        return "; ".join(look.say(text) for text in row.contradictions)

    return (
        marked("holds", N_("State"), lambda r: Marked("ok", "t_ok", N_("Holds")) if r.holds else
               Marked("breach", "t_breach", N_("Contradicted"))),
        Column("account", N_("Account"), lambda r: r.account, weight=lambda _r: 500),
        Column("day", N_("Day"), lambda r: r.day), Column("person", N_("Signed by"), lambda r: r.person),
        Column("known", N_("Recorded, UTC"), lambda r: r.known_at, tone=lambda _r: "tx2"),
        Column("why", N_("Contradicted by"), why, tone=lambda _r: "t_breach", role="small", stretch=True, most=700),
    )


def _no_break(row: Any) -> Text | None:
    if row is None or isinstance(row, Group):
        return NO_ROW
    return N_("This line matches.") if row.match is Match.MATCHED else None


def _reconciled(found: Reconciliation) -> Text:
    if not found.lines:
        return N_("There is no statement of a custodian on or before this day.")
    matched = found.count(Match.MATCHED)
    return N_("Statement of {day}, {accounts}, {file}. Breaks: {breaks}. Matched: {matched}.", day=found.day,
              accounts=", ".join(found.accounts), file=found.file, matched=matched,
              breaks=len(found.lines) - matched)


class AccountsPane(Pane):
    """Money by account, booked, settled and stated; the ladder of coming days; fees settled in a stablecoin."""

    def __init__(self, context: ViewContext) -> None:
        look = context.look
        super().__init__(context, "accounts", account_columns(look), N_("Accounts"), ask=_money,
                         rows=lambda found: found[0], note=_money_told)
        self.register = self.act(N_("Register an account"), self._register)
        self.ladder = Table(columns.ladder_columns(look), look, N_("Coming days").template)
        self.fees = Table(fee_columns(look), look, N_("Fees settled in a stablecoin").template)
        self._captions = [caption(context, N_("Coming days")), caption(context, N_("Fees settled in a stablecoin"))]
        self.put_below(self._captions[0], self.ladder)
        self.put_below(self._captions[1], self.fees)
        self._parts.setSizes([280, 260, 180])
        self.answered.connect(self._lower)

    def _lower(self, found: Any) -> None:
        _, ladder, fees = found
        self.ladder.show_rows(ladder)
        self.fees.show_rows(fees)
        self.ladder.setVisible(bool(ladder))
        self.fees.setVisible(bool(fees))
        self._captions[0].tell(N_("Coming days: payments by settlement date") if ladder else
                               N_("No payment is booked for the coming days."))
        self._captions[1].tell(N_("Fees settled in a stablecoin: {n}. The token is never ours.", n=len(fees))
                               if fees else N_("No fee was settled in a stablecoin."))

    def _register(self) -> None:
        dialog = AccountDialog(self._context, self)
        if dialog.exec():
            self.open_account(dialog)

    def open_account(self, dialog: AccountDialog) -> None:
        """Record the account that stands in a dialog."""
        first, reason = dialog.value("valid_from"), dialog.value("reason")
        account = dialog.account
        acts.record(self._context, lambda door: door.custody.open_account(account(acts.day_of(first)), reason))

    def restyle(self) -> None:
        super().restyle()
        for words in self._captions:
            words.restyle()
        for table in (self.ladder, self.fees):
            table.restyle()


def _money(door: Workstation, q: Question) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
    return door.custody.accounts(q), door.custody.ladder(q), door.custody.stablecoin_fees(q)


def _money_told(found: Any) -> Text:
    rows = found[0]
    if not rows:
        return N_("No account has money on this day.")
    apart = sum(1 for row in rows if row.statement is not None and row.statement != row.settled)
    return N_("Accounts and currencies, each by itself: {n}. The statement differs: {apart}. Without a statement: "
              "{none}.", n=len(rows), apart=apart, none=sum(1 for row in rows if row.statement is None))


def account_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of an account's money; the difference is statement minus settled."""
    def difference(row: Any) -> object:
        return None if row.statement is None else row.statement - row.settled

    loud = N_("Difference")
    made = columns.account_columns(look)
    place = next(n for n, column in enumerate(made) if column.key == "day")
    return (*made[:place], Column("difference", loud, difference, number=True, digits=2, sign=True,
                                  tone=lambda r: "t_soft" if difference(r) else "tx"), made[place],
            Column("overdraft", N_("Overdraft, reason"), lambda r: r.overdraft_reason, role="small", most=240,
                   tone=lambda _r: "t_warn"))


def fee_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of fees that a provider settled in a token for us."""
    return (
        Column("reference", N_("Reference"), lambda r: r.reference, weight=lambda _r: 500),
        Column("day", N_("Day"), lambda r: r.day), Column("account", N_("Account"), lambda r: r.account),
        Column("provider", N_("Provider"), lambda r: r.provider), Column("licence", N_("Licence"), lambda r: r.licence),
        Column("token", N_("Token"), lambda r: r.token),
        Column("amount", N_("Amount"), lambda r: r.token_amount, number=True),
        Column("rate", N_("Rate to par"), lambda r: r.rate_to_par, number=True),
        Column("par", N_("Par from"), lambda r: r.par_reference, role="small", tone=lambda _r: "tx2", most=180),
        Column("booked", N_("Booked in USD"), lambda r: r.booked_usd, number=True, digits=2),
        Column("cost", N_("Worth in USD"), lambda r: r.cost_usd, number=True, digits=2),
        Column("findings", N_("Findings"), lambda r: "; ".join(look.say(f.text) for f in r.findings), role="small",
               stretch=True, tone=lambda _r: "t_warn"),
    )
