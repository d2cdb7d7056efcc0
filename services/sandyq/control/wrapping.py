"""Secrets under a passphrase: Argon2id makes a key of it, ChaCha20-Poly1305 wraps the secret. Randomness comes in.

A wrap is plain JSON: it holds the parameters it was made with, so that stronger ones never lock anybody out.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MEMORY_MIB: Final = (256, 128, 64)
"""Argon2id's memory, the most first; less is taken only where the machine has not that much."""
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
_PASSES: Final = 3
_LANES: Final = 1
_LEAST_MIB: Final = 64


def wrap(secret: bytes, passphrase: str, purpose: str, *, salt: bytes, nonce: bytes,
         memory_mib: tuple[int, ...] = MEMORY_MIB) -> dict[str, str | int]:
    """Return the wrap of a secret. `purpose` is bound to it: a wrap of one purpose does not open as another's."""
    if not passphrase:
        raise BadInput("passphrase-empty", N_("An empty passphrase protects nothing."))
    for amount in memory_mib:
        try:
            key = _key(passphrase, salt, amount, _PASSES, _LANES)
        except MemoryError:
            continue
        return {"kdf": "argon2id", "memory_mib": amount, "passes": _PASSES, "lanes": _LANES, "salt": _text(salt),
                "cipher": "chacha20-poly1305", "nonce": _text(nonce),
                "wrapped": _text(_cipher(key).encrypt(nonce, secret, purpose.encode()))}
    raise BadInput("no-memory", N_("There is not enough memory to protect a passphrase; {n} MiB are needed.",
                                   n=min(memory_mib)))


def unwrap(wrapped: Mapping[str, object], passphrase: str, purpose: str) -> bytes | None:
    """Return the secret, None when the passphrase does not open it. Raises BadInput for anything that is no wrap."""
    from cryptography.exceptions import InvalidTag

    try:
        memory, passes, lanes = (int(str(wrapped[name])) for name in ("memory_mib", "passes", "lanes"))
        salt, nonce, sealed = (base64.b64decode(str(wrapped[name]), validate=True)
                               for name in ("salt", "nonce", "wrapped"))
        known = wrapped["kdf"] == "argon2id" and wrapped["cipher"] == "chacha20-poly1305"
    except (KeyError, ValueError, binascii.Error):
        known = False
    if not known or not (_LEAST_MIB <= memory <= 4096 and 1 <= passes <= 64 and 1 <= lanes <= 64):
        raise BadInput("not-a-wrap", N_("The key file is not in a form that this program reads."))
    try:
        return _cipher(_key(passphrase, salt, memory, passes, lanes)).decrypt(nonce, sealed, purpose.encode())
    except InvalidTag:
        return None


def _key(passphrase: str, salt: bytes, memory_mib: int, passes: int, lanes: int) -> bytes:
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw

    try:
        return hash_secret_raw(passphrase.encode(), salt, passes, memory_mib * 1024, lanes, 32, Type.ID)
    except HashingError as error:
        raise MemoryError from error


def _cipher(key: bytes) -> ChaCha20Poly1305:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
