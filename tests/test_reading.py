"""Reading bytes with a codec costs the reply at most, and the same bytes are read once by all who ask in turn."""

from dataclasses import replace

from camscan.errors import DecodeError, QuestionError
from camscan.probe import Protocol
from camscan.protocols.reading import LATEST, read
from camscan.protocols.registry import load_protocols
from camscan.reply import Fields


def codec(name: str, read_bytes: list[bytes]) -> Protocol:
    """A codec that notes what it reads."""

    def decode(data: bytes) -> Fields:
        read_bytes.append(data)
        if data == b"?":
            raise QuestionError("asks")
        if data == b"!":
            raise DecodeError("no answer")
        return {"title": (str(1 // len(data)),)}

    return replace(load_protocols()["http"], name=name, decode=decode)


def test_whatever_a_reply_holds_there_is_a_reading_of_it() -> None:
    protocol = codec("http", [])
    assert read(protocol, b"x").fields == {"title": ("1",)}
    assert (read(protocol, b"?").problem, read(protocol, b"?").question) == ("asks", True)
    assert (read(protocol, b"!").problem, read(protocol, b"!").question) == ("no answer", False)
    assert read(protocol, b"").problem == "a mistake in camscan's http codec: ZeroDivisionError"


def test_the_same_bytes_are_read_once_and_by_each_codec_for_itself() -> None:
    mine: list[bytes] = []
    theirs: list[bytes] = []
    one, other = codec("http", mine), codec("rtsp", theirs)
    assert read(one, b"x") is read(one, bytes([ord("x")]))
    read(other, b"x")
    assert (mine, theirs) == ([b"x"], [b"x"])


def test_few_readings_are_remembered() -> None:
    seen: list[bytes] = []
    protocol = codec("http", seen)
    for number in (*range(LATEST + 1), 0):
        read(protocol, bytes([number]))
    assert seen.count(b"\0") == 2
