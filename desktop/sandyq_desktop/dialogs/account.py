"""An account for the register: where it is kept, in what money and form, and to which book it belongs."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.reference.accounts import SLEEVE, Account, Form
from sandyq_desktop.context import ViewContext
from sandyq_desktop.dialogs.form import Field, FormDialog

FORMS = ((Form.SECURITIES.value, N_("Securities")), (Form.BANK_MONEY.value, N_("Bank money")),
         (Form.CENTRAL_BANK_DIGITAL_CURRENCY.value, N_("Digital tenge")))


class AccountDialog(FormDialog):
    """640 wide; money needs a currency, securities none."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        day = context.words.language.date(context.question.as_of)
        book = context.question.book if context.question.book != "*" else SLEEVE
        super().__init__(
            context.look, N_("Register an account"),
            N_("What lies in the account belongs to its book from the first day on. Earlier entries stay as they are."),
            [Field("account", N_("Account")), Field("institution", N_("Institution")),
             Field("form", N_("Form"), Form.SECURITIES.value, FORMS),
             Field("currency", N_("Currency"), required=False, hint=context.words(N_("for money: three letters"))),
             Field("book", N_("Book"), book), Field("owner", N_("Owner"), required=False),
             Field("valid_from", N_("First day"), day), Field("reason", N_("Reason"), long=True)],
            N_("Register it"), parent, wide=True)

    def complete(self) -> bool:
        money = self.value("form") != Form.SECURITIES.value
        return super().complete() and (not money or len(self.value("currency")) == 3)

    def account(self, valid_from: date) -> Account:
        """Return the account as it stands in the fields."""
        form = Form(self.value("form"))
        currency = "" if form is Form.SECURITIES else self.value("currency").upper()
        return Account(self.value("account"), self.value("institution"), currency, form, self.value("book"),
                       self.value("owner"), valid_from, None, Origin(0, 0))
