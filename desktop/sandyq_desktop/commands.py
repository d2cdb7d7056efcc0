"""Every command of the window is data: keys, the palette (Ctrl+K) and the list of keys are drawn from one tuple."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandyq.basics.text import N_, Text


@dataclass(frozen=True, slots=True)
class Command:
    """`handler` names a method of the window's `Handlers`; `argument` goes with it."""

    id: str
    title: Text
    key: str
    handler: str
    argument: str = ""


VIEW_KEYS: Final = ("today", "holdings", "limits", "charts", "orders", "breaches", "gate", "data", "journal")
VIEW_TITLES: Final = {
    "today": N_("Today"), "holdings": N_("Holdings"), "limits": N_("Limits"), "charts": N_("Charts"),
    "orders": N_("Orders"), "breaches": N_("Breaches"), "gate": N_("Gate & tranches"), "data": N_("Data"),
    "journal": N_("Journal"), "mandate": N_("Mandate"),
}
_GO: Final = {
    "today": N_("Go to Today"), "holdings": N_("Go to Holdings"), "limits": N_("Go to Limits"),
    "charts": N_("Go to Charts"), "orders": N_("Go to Orders"), "breaches": N_("Go to Breaches"),
    "gate": N_("Go to Gate"), "data": N_("Go to Data"), "journal": N_("Go to Journal"),
}

COMMANDS: Final[tuple[Command, ...]] = (
    Command("palette", N_("Find or run a command"), "Ctrl+K", "open_palette"),
    Command("keys", N_("List of keys"), "Ctrl+/", "list_keys"),
    *(Command(f"view-{view}", _GO[view], f"Ctrl+{number}", "go", view)
      for number, view in enumerate(VIEW_KEYS, start=1)),
    Command("help", N_("Help for this view"), "F1", "help"),
    Command("explain", N_("Explain the selected figure"), "F4", "explain_selected"),
    Command("revalue", N_("Value again"), "F5", "revalue"),
    Command("import", N_("Import files"), "Ctrl+I", "import_files"),
    Command("export", N_("Export the table as seen"), "Ctrl+E", "export"),
    Command("report", N_("Write the daily limit sheet"), "Ctrl+P", "report"),
    Command("find", N_("Filter the table"), "Ctrl+F", "find"),
    Command("copy", N_("Copy the selected rows"), "Ctrl+C", "copy"),
    Command("copy-heads", N_("Copy the selected rows with heads"), "Ctrl+Shift+C", "copy_heads"),
    Command("back", N_("Back to the view before"), "Alt+Left", "back"),
    Command("escape", N_("Close, or back to now"), "Esc", "escape"),
    Command("zoom-in", N_("Larger type"), "Ctrl++", "zoom", "+"),
    Command("zoom-out", N_("Smaller type"), "Ctrl+-", "zoom", "-"),
    Command("zoom-reset", N_("Type at 100 %"), "Ctrl+0", "zoom", "0"),
    Command("light", N_("Light palette"), "Ctrl+Alt+1", "palette", "light"),
    Command("dark", N_("Dark palette"), "Ctrl+Alt+2", "palette", "dark"),
    Command("contrast", N_("High-contrast palette"), "Ctrl+Alt+3", "palette", "contrast"),
    Command("english", N_("Speak English"), "Ctrl+Alt+E", "language", "en"),
    Command("russian", N_("Speak Russian"), "Ctrl+Alt+R", "language", "ru"),
    Command("kazakh", N_("Speak Kazakh"), "Ctrl+Alt+K", "language", "kk"),
    Command("day-before", N_("One day back"), "Ctrl+Left", "step_day", "-1"),
    Command("day-after", N_("One day on"), "Ctrl+Right", "step_day", "1"),
    Command("mandate", N_("Draft a version of the mandate"), "Ctrl+Shift+M", "draft_mandate"),
    Command("verify", N_("Verify the chain"), "Ctrl+Shift+V", "verify"),
    Command("next-step", N_("Next step of the morning"), "F9", "next_step"),
    Command("explain-export", N_("Export the explanation"), "Ctrl+Shift+E", "export_tree"),
    Command("book", N_("Next book of the file"), "Ctrl+Alt+B", "next_book"),
    Command("sign-in", N_("Sign in with a key"), "Ctrl+Shift+L", "sign_in"),
    Command("sign-out", N_("Close the key"), "Ctrl+Shift+Q", "sign_out"),
    Command("backup", N_("Back up now"), "Ctrl+B", "back_up"),
    Command("restore", N_("Restore a backup"), "Ctrl+Shift+B", "restore"),
    Command("open", N_("Open a book"), "Ctrl+O", "open_book"),
    Command("demo", N_("Make and open the demo book"), "Ctrl+Shift+D", "open_demo"),
    Command("new", N_("New book"), "Ctrl+Shift+N", "new_book"),
    Command("quit", N_("Close the program"), "Ctrl+Q", "quit"),
)
