"""DHDiscover: the frame, every field optional, and bytes that are none."""

import struct

import pytest

from camscan.errors import DecodeError
from camscan.protocols.dhdiscover import DATAGRAM_LIMIT, PROTOCOL, SEARCH, decode, frame
from tests.capture_rig import capture


def test_the_only_question_is_the_search_in_its_frame() -> None:
    assert PROTOCOL.requests == (SEARCH,)
    sent = SEARCH.render("192.0.2.1", "id")
    assert struct.unpack("<I4sIIIIII", sent[:32]) == (32, b"DHIP", 0, 0, 0x49, 0, 0x49, 0)
    assert sent[32:] == b'{ "method" : "DHDiscover.search", "params" : { "mac" : "", "uni" : 1 } }\n'


def reply(device: str, mac: str = '"mac":"3c:ef:8c:00:11:22",') -> bytes:
    return frame(f'{{{mac}"method":"client.notifyDevInfo","params":{{"deviceInfo":{device}}}}}'.encode())


def test_every_field_is_optional() -> None:
    assert decode(reply("{}")) == {"mac": ("3c:ef:8c:00:11:22",)}
    assert decode(reply('{"DeviceType":"X1"}', mac="")) == {"model": ("X1",)}


def test_null_empty_and_escaped_values() -> None:
    fields = decode(
        reply(
            '{"IPv4Address":{"DefaultGateway":null,"DhcpEnable":false,"IPAddress":""},'
            '"IPv6Address":{"IPAddress":"2001:db8::2\\/112","LinkLocalAddress":"\\/0","DefaultGateway":""},'
            '"HttpPort":80,"Init":2714,"MachineName":"a\\u0000b"}'
        )
    )
    assert fields["dhcp"] == ("false",)
    assert fields["address6"] == ("2001:db8::2",)
    assert (fields["http_port"], fields["init_mask"]) == (("80",), ("2714",))
    assert not fields.keys() & {"address", "gateway", "gateway6"}


@pytest.mark.parametrize("device", ["[]", "7", '"text"', "null", '{"DeviceType":{"a":1},"Version":[2]}'])
def test_values_of_the_wrong_type_say_nothing(device: str) -> None:
    assert decode(reply(device)) == {"mac": ("3c:ef:8c:00:11:22",)}


def test_what_follows_the_json_is_not_looked_at() -> None:
    data = reply('{"DeviceType":"X1"}')
    assert decode(data + b"\n\0") == decode(data) == decode(data + b"}}\xff")


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"\xff",
        b'{"mac":"3c:ef:8c:00:11:22","method":"client.notifyDevInfo"}',
        SEARCH.payload,
        frame(b""),
        frame(b"[]"),
        frame(b'{"method":"client.notifyDevInfo"}'),
        frame(b'{"method":"client.notifyDevInfo","params":[]}'),
        frame(b"[" * 60000),
        frame(b'{"a":' * 10000),
        frame(b'{"method":' + b"9" * 5000),
        frame(b'{"method":"client.notifyDevInfo","params":{"deviceInfo":{"DeviceType":"X1"}}}' + b" " * DATAGRAM_LIMIT),
    ],
    ids=lambda data: data[:8].hex() + f"+{len(data)}",
)
def test_what_is_no_reply_is_refused(other: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(other)


def test_a_cut_datagram_never_breaks_the_decoder() -> None:
    data = capture("dhdiscover", "dahua_IPC-HFW2431S-S-S2_2.820.0000000.9.R").rstrip(b"\n\0")
    for end in range(len(data)):
        with pytest.raises(DecodeError):
            decode(data[:end])
