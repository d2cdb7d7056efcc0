"""Whether today's book extends an earlier one: a signed checkpoint, one typed from paper, or an earlier copy (F104).

A book rewritten from an entry on, a cut tail and an older copy put back hold by themselves; only what was kept
elsewhere shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput, IntegrityFailed
from sandyq.basics.text import N_
from sandyq.control.checkpoint import read_body
from sandyq.control.records import Damage, Verification
from sandyq.store.store import Store

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_UNSIGNED: Final = N_("Nobody who is enrolled in this book signed the checkpoint: one of the two was changed.").template
_LARGEST: Final = 1 << 20
_SUFFIX: Final = ".sandyq"


@dataclass(frozen=True, slots=True)
class Extension:
    """The verification of a book against an earlier state of it.

    `signed_by` are the enrolled signers whose signature of the checkpoint holds; `signed` whether it carries
    signatures at all (one typed from paper does not). `since` counts the entries after it. `renamed_from` is the name
    the book had then, empty for the same one.
    """

    verification: Verification
    signed_by: tuple[str, ...]
    signed: bool
    entries_then: int
    since: int
    renamed_from: str


def extends(station: Workstation, earlier: Path, passphrase: str | None = None) -> Extension:
    """Verify the book against a checkpoint file, or against an earlier copy of the book (`.sandyq`).

    Raises BadInput for a file that is neither, IntegrityFailed for a text that is no checkpoint.
    """
    if earlier.suffix == _SUFFIX:
        with Store.open(earlier, actor=station.actor, passphrase=passphrase) as copy:
            then = copy.verify()
            if not then.holds:
                raise IntegrityFailed("copy-broken", N_("The earlier copy does not hold itself."), where=earlier.name)
        return _judged(station, then.checkpoint)
    try:
        if earlier.stat().st_size > _LARGEST:
            raise ValueError
        note = earlier.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        raise BadInput("no-checkpoint", N_("The file cannot be read as a checkpoint."), where=earlier.name,
                       remedy=N_("Give an exported checkpoint or an earlier copy of the book.")) from None
    return _judged(station, note.replace("\r\n", "\n"))


def _judged(station: Workstation, note: str) -> Extension:
    then = read_body(note)
    signed = bool(note.partition("\n\n")[2].strip())
    found = station.verify(note)
    signers = station.people.checkpoint_signers(note) if signed else ()
    if signed and not signers:
        damage = Damage(then.entries, "checkpoint", "", _UNSIGNED)
        found = replace(found, damages=(*found.damages, damage))
    today = read_body(found.checkpoint).origin
    return Extension(found, signers, signed, then.entries, max(found.entries - then.entries, 0),
                     "" if then.origin == today else then.origin.removeprefix("sandyq/"))
