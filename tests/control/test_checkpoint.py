"""Checkpoints as signed notes. Key id and signature line are checked against the form in the C2SP text."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandyq.basics.errors import IntegrityFailed
from sandyq.control.checkpoint import Checkpoint, checkpoint_body, read_body, sign_checkpoint, verify_checkpoint

PRIVATE = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
POINT = Checkpoint("sandyq/reserve", 42, "ab" * 32)


def test_the_body_is_origin_number_and_base64_of_the_head() -> None:
    head = base64.b64encode(bytes.fromhex("ab" * 32)).decode()
    assert checkpoint_body(POINT) == f"sandyq/reserve\n42\n{head}\n"
    assert read_body(checkpoint_body(POINT)) == POINT


def test_a_signed_note_has_an_empty_line_a_dash_a_name_and_the_key_id() -> None:
    note = sign_checkpoint(checkpoint_body(POINT), "controller", PRIVATE)
    body, signature = note.split("\n\n")
    dash, name, encoded = signature.rstrip("\n").split(" ")
    assert (dash, name, body + "\n") == ("\u2014", "controller", checkpoint_body(POINT))
    assert base64.b64decode(encoded)[:4] == sha256(b"controller\n\x01" + PUBLIC).digest()[:4]
    assert len(base64.b64decode(encoded)) == 68


def test_a_note_that_holds_says_what_was_signed() -> None:
    note = sign_checkpoint(checkpoint_body(POINT), "controller", PRIVATE)
    assert verify_checkpoint(note, "controller", PUBLIC) == POINT
    assert read_body(note) == POINT


@pytest.mark.parametrize(("old", "new"), [("42", "43"), ("sandyq/", "sandyk/"), ("controller", "treasurer")])
def test_a_changed_note_is_refused(old: str, new: str) -> None:
    note = sign_checkpoint(checkpoint_body(POINT), "controller", PRIVATE)
    with pytest.raises(IntegrityFailed, match="checkpoint"):
        verify_checkpoint(note.replace(old, new, 1), "controller", PUBLIC)


def test_a_note_of_another_key_is_refused() -> None:
    note = sign_checkpoint(checkpoint_body(POINT), "controller", bytes(32))
    with pytest.raises(IntegrityFailed, match="not signed by controller"):
        verify_checkpoint(note, "controller", PUBLIC)


@pytest.mark.parametrize("text", ["", "x", "a\nb\nc\n", "a\n1\nYWI=\n", "a\n01\n" + "A" * 43 + "=\n"])
def test_other_text_is_no_checkpoint(text: str) -> None:
    with pytest.raises(IntegrityFailed, match="not a checkpoint"):
        read_body(text)
