"""Sealed blobs: known answers, and that nothing opens anywhere else."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from relay import sealing
from relay.domain import Authorised, KeptFile, LeftOut, PersonNo, RowId, Screened, Sealed, SealedFile, Thread, ThreadNo
from relay.sealing import Damaged, open_content, open_message, open_meta, open_sealed, seal, seal_message, unwrap, wrap

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
AT = datetime(2026, 1, 31, 18, 0, tzinfo=UTC)


class Dice:
    """Octets that count up, so that each draw differs."""

    def __init__(self) -> None:
        self.drawn = 0

    def octets(self, count: int) -> bytes:
        self.drawn += 1
        return self.drawn.to_bytes(count, "big")


def a_mail(text: str = "How are you?\nBest") -> Authorised:
    file = KeptFile(name="plan.pdf", type="application/pdf", content=b"%PDF-1.7 body")
    return Authorised(
        thread=Thread(no=ThreadNo(7), client=PersonNo(1), provider=PersonNo(2), state="active"),
        author=PersonNo(1),
        to=(PersonNo(2),),
        via="smtp",
        arrived_at=AT,
        subject="the plan",
        text=text,
        cut="> old",
        screened=Screened(kept=(file,), left_out=(LeftOut(position=2, flaw="active"),)),
        message_id="<1@example.org>",
    )


def test_seal_is_aes_256_gcm_with_its_nonce_in_front() -> None:
    nonce = bytes(range(12))
    sealed = sealing._seal_with(b"text", KEY, b"row", nonce=nonce)
    cipher = Cipher(algorithms.AES(KEY), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(b"row")
    expected = cipher.update(b"text") + cipher.finalize()
    assert sealed == nonce + expected + cipher.tag


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_open_gives_back_what_was_sealed(plaintext: bytes, place: bytes) -> None:
    assert open_sealed(seal(plaintext, KEY, place, Dice()), KEY, place) == plaintext


@given(st.binary(max_size=50), st.data())
def test_open_refuses_a_blob_with_one_octet_changed(plaintext: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(plaintext, KEY, b"row", Dice()))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Damaged):
        open_sealed(bytes(sealed), KEY, b"row")


ELSEWHERE = {
    "another row": (KEY, b"row 2", 0),
    "another key": (OTHER_KEY, b"row", 0),
    "cut short": (KEY, b"row", 1),
    "far too short": (KEY, b"row", 30),
}


@pytest.mark.parametrize(("key", "place", "missing"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_open_refuses_a_blob_elsewhere(key: bytes, place: bytes, missing: int) -> None:
    sealed = seal(b"text", KEY, b"row", Dice())
    with pytest.raises(Damaged):
        open_sealed(sealed[: len(sealed) - missing], key, place)


def test_wrap_binds_a_data_key_to_its_label() -> None:
    wrapped = wrap(OTHER_KEY, KEY, "thread 1", Dice())
    assert unwrap(wrapped, KEY, "thread 1") == OTHER_KEY
    with pytest.raises(Damaged):
        unwrap(wrapped, KEY, "thread 2")


def test_seal_message_opens_whole() -> None:
    sealed = seal_message(a_mail(), KEY, Dice())
    opened = open_message(sealed, KEY, read=False)
    assert (opened.text, opened.subject, opened.cut, opened.left_out) == (
        "How are you?\nBest",
        "the plan",
        "> old",
        ("active",),
    )
    assert (opened.author, opened.sent_at, opened.via, opened.read) == (1, AT, "smtp", False)
    assert [(file.name, file.type, file.size) for file in opened.files] == [("plan.pdf", "application/pdf", 13)]
    assert open_content(sealed.files[0], sealed.thread, sealed.id, KEY) == b"%PDF-1.7 body"


def moved(sealed: Sealed, **there: object) -> Sealed:
    fields = {name: getattr(sealed, name) for name in Sealed.__slots__} | there
    return Sealed(**fields)


@pytest.mark.parametrize("there", [{"thread": ThreadNo(8)}, {"id": RowId(5)}, {"body": b""}, {"body": bytes(64)}])
def test_open_message_says_damaged_when_a_row_was_moved(there: dict[str, object]) -> None:
    sealed = moved(seal_message(a_mail(), KEY, Dice()), **there)
    opened = open_message(sealed, KEY, read=True)
    assert opened.text is None
    assert opened.author == 1


def test_a_file_opens_at_its_own_position_only() -> None:
    sealed = seal_message(a_mail(), KEY, Dice())
    second = SealedFile(position=2, meta=sealed.files[0].meta, content=sealed.files[0].content)
    with pytest.raises(Damaged):
        open_content(second, sealed.thread, sealed.id, KEY)
    with pytest.raises(Damaged):
        open_meta(second, sealed.thread, sealed.id, KEY)
    with pytest.raises(Damaged):  # a name is never taken for content
        open_content(SealedFile(position=1, meta=b"", content=sealed.files[0].meta), sealed.thread, sealed.id, KEY)


def test_fingerprint_tells_copies_from_others() -> None:
    one = sealing.fingerprint(KEY, PersonNo(1), "<1@x>", "text")
    assert one == sealing.fingerprint(KEY, PersonNo(1), "<1@x>", "text")
    others = [
        sealing.fingerprint(KEY, PersonNo(2), "<1@x>", "text"),
        sealing.fingerprint(KEY, PersonNo(1), "<2@x>", "text"),
        sealing.fingerprint(KEY, PersonNo(1), "<1@x>", "text "),
        sealing.fingerprint(OTHER_KEY, PersonNo(1), "<1@x>", "text"),
    ]
    assert len({one, *others}) == 5


def test_seal_message_carries_lone_surrogates() -> None:
    sealed = seal_message(a_mail("a \ud800 b"), KEY, Dice())
    assert open_message(sealed, KEY, read=True).text == "a \ud800 b"


def test_blind_index_ignores_case_and_needs_the_key() -> None:
    assert sealing.blind(KEY, "Ana@Example.org") == sealing.blind(KEY, "ana@example.org")
    assert sealing.blind(KEY, "ana@example.org") != sealing.blind(OTHER_KEY, "ana@example.org")
    assert len(sealing.blind(KEY, "x@y")) == 16


def test_one_time_code_is_six_digits_of_its_own() -> None:
    codes = {sealing.one_time_code(KEY, RowId(number)) for number in range(200)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 190
    assert sealing.one_time_code(KEY, RowId(1)) != sealing.one_time_code(OTHER_KEY, RowId(1))


def test_derive_gives_a_key_for_each_purpose() -> None:
    assert sealing.derive(KEY, "a") != sealing.derive(KEY, "b")
    assert len(sealing.derive(KEY, "a")) == 32


def test_repr_shows_no_content() -> None:
    sealed = seal_message(a_mail("secret-canary"), KEY, Dice())
    assert "canary" not in repr(open_message(sealed, KEY, read=True)) + repr(a_mail("secret-canary")) + repr(sealed)
    assert "plan" not in repr(open_message(sealed, KEY, read=True))
