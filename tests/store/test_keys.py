"""A private key is a file outside the book, under a passphrase."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sandyq.basics.errors import BadInput
from sandyq.control.wrapping import unwrap, wrap
from sandyq.store.keys import load_key, make_key, owner_of


@pytest.fixture(autouse=True)
def small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wrap.__kwdefaults__, "memory_mib", (64,))


def test_a_key_signs_what_its_public_half_verifies(tmp_path: Path) -> None:
    made = make_key(tmp_path / "one.key", "Risk 1", "long enough")
    opened = load_key(tmp_path / "one.key", "long enough")
    assert (opened.name, opened.public_key) == ("Risk 1", made.public_key)
    assert owner_of(tmp_path / "one.key") == "Risk 1"
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(opened.public_key))
    public.verify(opened.sign(b"a day"), b"a day")
    with pytest.raises(InvalidSignature):
        public.verify(opened.sign(b"a day"), b"another day")


def test_the_file_is_its_owners_and_holds_no_secret_in_the_clear(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "one.key"
    make_key(path, "Risk 1", "long enough")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["wrap"]["kdf"] == "argon2id"


@pytest.mark.parametrize(("change", "code"), [
    (lambda said: said | {"name": "Risk 2"}, "key-passphrase"),
    (lambda said: said | {"public_key": "00" * 32}, "key-passphrase"),
    (lambda said: said | {"form": "another"}, "not-a-key"),
    (lambda said: {"name": "Risk 1"}, "not-a-key"),
    (lambda said: said | {"wrap": said["wrap"] | {"memory_mib": 1}}, "not-a-wrap"),
    (lambda said: said | {"wrap": said["wrap"] | {"wrapped": "?"}}, "not-a-wrap"),
])
def test_a_changed_key_file_does_not_open(tmp_path: Path, change: object, code: str) -> None:
    path = tmp_path / "one.key"
    make_key(path, "Risk 1", "long enough")
    path.write_text(json.dumps(change(json.loads(path.read_text()))))  # type: ignore[operator]
    with pytest.raises(BadInput) as caught:
        load_key(path, "long enough")
    assert caught.value.code == code


def test_a_wrong_passphrase_a_missing_file_and_an_existing_one_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "one.key"
    make_key(path, "Risk 1", "long enough")
    codes = []
    for attempt in (lambda: load_key(path, "wrong"), lambda: load_key(tmp_path / "none.key", "x"),
                    lambda: make_key(path, "Risk 1", "again"), lambda: make_key(tmp_path / "two.key", "Risk 1", "")):
        with pytest.raises(BadInput) as caught:
            attempt()
        codes.append(caught.value.code)
    assert codes == ["key-passphrase", "no-key", "key-exists", "passphrase-empty"]


def test_less_memory_is_taken_only_down_to_64_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def poor(_passphrase: str, _salt: bytes, memory: int, *_rest: object) -> bytes:
        tried.append(memory)
        raise MemoryError

    monkeypatch.setattr("sandyq.control.wrapping._key", poor)
    with pytest.raises(BadInput) as caught:
        wrap(b"secret", "long enough", "test", salt=b"s" * 16, nonce=b"n" * 12, memory_mib=(256, 128, 64))
    assert (tried, caught.value.code) == ([256, 128, 64], "no-memory")


def test_a_wrap_of_one_purpose_does_not_open_as_anothers() -> None:
    made = wrap(b"secret", "long enough", "one", salt=b"s" * 16, nonce=b"n" * 12)
    assert unwrap(made, "long enough", "one") == b"secret"
    assert unwrap(made, "long enough", "two") is None
