import asyncio
import ssl
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from camscan.errors import OutOfScopeError
from camscan.probe import Dialogue, Endpoint, Request
from camscan.reply import Outcome
from camscan.transport import tls
from camscan.transport.tcp import Exchange, converse
from camscan.transport.tls import Handshake
from tests.transport_rig import HOME, Rig, closed_port, serving

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "expired camera")])


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short key and an expired certificate, as old cameras have them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    ended = datetime.now(UTC) - timedelta(days=900)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(ended - timedelta(days=365))
        .not_valid_after(ended)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "identity.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def _modern(identity: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(identity)
    return context


def _old(identity: Path) -> ssl.SSLContext:
    context = _modern(identity)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    return context


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(b"you said " + line)


async def _plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await reader.read()


async def _mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


def _two_turns() -> Dialogue:
    whole = {"complete": lambda data: data.endswith(b"\n")}
    yield Request(name="first", payload=b"1\n", **whole)
    yield Request(name="again", payload=b"2\n", reuse=True, **whole)


def _one_turn() -> Dialogue:
    yield Request(name="first", payload=b"1\n", complete=lambda data: data.endswith(b"\n"))


async def _shaken(rig: Rig, port: int) -> Handshake | None:
    """How hands were shaken for one turn with this port."""
    (exchange,) = [e async for e in converse(rig.wire, _endpoint(port), _one_turn(), "test")]
    return exchange.tls


def _said_under(exchanges: list[Exchange]) -> list[tuple[bytes | None, str]]:
    """What each turn brought, under which kind of TLS."""
    return [(e.data, e.tls.mode if e.tls else "") for e in exchanges]


def _endpoint(port: int) -> Endpoint:
    return Endpoint(address=HOME, port=port, tls=True)


async def test_a_modern_server_shows_its_certificate_whatever_it_is_worth(identity: Path) -> None:
    rig = Rig()
    async with serving(_echo, _modern(identity)) as port:
        seen = await _shaken(rig, port)
    assert seen
    assert (seen.mode, seen.version) == ("strict", "TLSv1.3")
    assert seen.cipher.startswith("TLS_")
    assert x509.load_der_x509_certificate(seen.der).subject == NAME
    assert {(line["protocol"], line["request"]) for line in rig.lines} == {
        ("test", "connect"),
        ("test", "handshake strict"),
        ("test", "first"),
    }
    assert rig.wire.ledger.bytes > 200


async def test_an_old_server_is_asked_strictly_first_and_then_its_own_way(identity: Path) -> None:
    rig = Rig()
    async with serving(_echo, _old(identity)) as port:
        seen = await _shaken(rig, port)
    assert seen
    assert (seen.mode, seen.version) == ("legacy", "TLSv1")
    requests = [name for _, name in rig.asked]
    assert requests[:2] == ["connect", "handshake strict"]
    assert requests.count("connect") == 2


async def test_what_worked_is_remembered(identity: Path) -> None:
    rig = Rig()
    async with serving(_echo, _old(identity)) as port:
        await _shaken(rig, port)
        before = rig.wire.ledger.connections
        exchanges = [e async for e in converse(rig.wire, _endpoint(port), _two_turns(), "test")]
    assert _said_under(exchanges) == [(b"you said 1\n", "legacy"), (b"you said 2\n", "legacy")]
    assert rig.wire.ledger.connections == before + 1
    assert ("test", "first") in {(line["protocol"], line["request"]) for line in rig.lines}


async def test_turns_under_modern_tls(identity: Path) -> None:
    async with serving(_echo, _modern(identity)) as port:
        exchanges = [e async for e in converse(Rig().wire, _endpoint(port), _two_turns(), "test")]
    assert _said_under(exchanges) == [(b"you said 1\n", "strict"), (b"you said 2\n", "strict")]


def _two_connections() -> Dialogue:
    yield from _one_turn()
    yield from _one_turn()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_the_next_connection_goes_on_with_the_session(identity: Path, version: ssl.TLSVersion) -> None:
    resumed: list[bool] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        resumed.append(writer.get_extra_info("ssl_object").session_reused)
        await _echo(reader, writer)

    context, rig = _modern(identity), Rig()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    async with serving(note, context) as port:
        first = [e async for e in converse(rig.wire, _endpoint(port), _two_connections(), "test")]
        other = [e async for e in converse(rig.wire, _endpoint(port), _two_connections(), "other")]
    assert [e.data for e in first + other] == [b"you said 1\n"] * 4
    assert resumed == [False, True, True, True]
    assert len({e.tls for e in first + other}) == 1


def _three_connections() -> Dialogue:
    yield from _two_connections()
    yield from _one_turn()


@pytest.mark.parametrize("hangs", [False, True])
async def test_a_device_that_stumbles_over_a_session_is_asked_anew(
    identity: Path, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    greetings: list[int] = []

    async def stumble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greetings.append(len(greetings))
        if len(greetings) == 2:
            await reader.read(1)
            await asyncio.sleep(30 if hangs else 0)
            return
        await writer.start_tls(context)
        assert not writer.get_extra_info("ssl_object").session_reused
        await _echo(reader, writer)

    monkeypatch.setattr(tls, "HANDSHAKE_SECONDS", 0.5)
    context, rig = _modern(identity), Rig()
    async with serving(stumble) as port:
        exchanges = [e async for e in converse(rig.wire, _endpoint(port), _three_connections(), "test")]
    assert _said_under(exchanges) == [(b"you said 1\n", "strict")] * 3
    assert rig.wire.ledger.connections == len(greetings) == 4


async def test_a_device_that_goes_on_and_says_nothing_is_offered_no_session_again(identity: Path) -> None:
    resumed: list[bool] = []

    async def fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        resumed.append(writer.get_extra_info("ssl_object").session_reused)
        if not resumed[-1]:
            await _echo(reader, writer)

    rig = Rig()
    async with serving(fall_silent, _modern(identity)) as port:
        exchanges = [e async for e in converse(rig.wire, _endpoint(port), _three_connections(), "test")]
        exchanges += [e async for e in converse(rig.wire, _endpoint(port), _one_turn(), "test")]
    assert [e.data for e in exchanges] == [b"you said 1\n", None, b"you said 1\n", b"you said 1\n"]
    assert resumed == [False, True, False, False]


async def test_only_the_latest_sessions_are_kept(identity: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "SESSIONS_LIMIT", 1)
    rig = Rig()
    async with serving(_echo, _modern(identity)) as one, serving(_echo, _modern(identity)) as two:
        await _shaken(rig, one)
        await _shaken(rig, two)
    assert list(rig.wire.tls_sessions) == [(HOME, two)]


async def test_an_end_without_goodbye_ends_the_reply(identity: Path) -> None:
    async def abrupt(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"half an ans")
        await writer.drain()
        await asyncio.sleep(0.05)

    def dialogue() -> Dialogue:
        yield Request(name="a", payload=b"1\n")

    async with serving(abrupt, _modern(identity)) as port:
        (exchange,) = [e async for e in converse(Rig().wire, _endpoint(port), dialogue(), "test")]
    assert exchange.data == b"half an ans"


async def test_a_port_without_tls_is_malformed_not_silent() -> None:
    rig = Rig()
    async with serving(_plain) as port:
        exchanges = [e async for e in converse(rig.wire, _endpoint(port), _two_turns(), "test")]
    assert [(e.outcome, e.data, e.tls) for e in exchanges] == [(Outcome.MALFORMED, None, None)] * 2


async def test_a_port_that_hangs_up_is_tried_both_ways() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    rig = Rig()
    async with serving(hang_up) as port:
        assert await asyncio.wait_for(_shaken(rig, port), 5) is None
    assert [name for _, name in rig.asked] == ["connect", "handshake strict", "connect", "handshake legacy"]


async def test_a_mute_port_costs_one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "HANDSHAKE_SECONDS", 0.1)
    rig = Rig()
    async with serving(_mute) as port:
        assert await _shaken(rig, port) is None
    assert rig.wire.ledger.connections == 1


async def test_a_closed_port_has_no_certificate() -> None:
    rig = Rig()
    assert await _shaken(rig, closed_port()) is None
    assert rig.wire.pace.hosts == 0


async def test_no_handshake_outside_the_scope() -> None:
    rig = Rig("10.0.0.0/8")
    with pytest.raises(OutOfScopeError):
        await _shaken(rig, closed_port())
    assert not rig.lines
