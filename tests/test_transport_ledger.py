import io
import json

import pytest

from camscan.errors import CannotRunError
from camscan.transport import ledger as module
from camscan.transport.ledger import Ledger


def _send(ledger: Ledger, address: str = "10.0.0.5", request: str = "inquiry", size: int = 90) -> None:
    ledger.record(address=address, port=37020, transport="udp", protocol="sadp", request=request, size=size)


def test_each_packet_is_one_json_line() -> None:
    sink = io.StringIO()
    _send(Ledger(sink, lambda: 1782.25))
    assert json.loads(sink.getvalue()) == {
        "time": 1782.25,
        "address": "10.0.0.5",
        "port": 37020,
        "transport": "udp",
        "protocol": "sadp",
        "request": "inquiry",
        "bytes": 90,
    }
    assert sink.getvalue().count("\n") == 1


def test_totals_tell_packets_from_connections() -> None:
    ledger = Ledger(None, lambda: 0.0)
    _send(ledger)
    _send(ledger, request="connect", size=0)
    _send(ledger, address="10.0.0.6", request="GET /", size=40)
    assert (ledger.packets, ledger.connections, ledger.bytes) == (2, 1, 130)
    assert (ledger.count("10.0.0.5"), ledger.count("10.0.0.6"), ledger.count("10.0.0.7")) == (2, 1, 0)


def test_counts_by_address_stay_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ADDRESSES_LIMIT", 3)
    ledger = Ledger(None, lambda: 0.0)
    for address in ("a", "b", "a", "c", "d"):
        _send(ledger, address=address)
    assert [ledger.count(a) for a in "abcd"] == [2, 0, 1, 1]
    assert ledger.packets == 5


class _FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_nothing_is_sent_that_cannot_be_recorded() -> None:
    with pytest.raises(CannotRunError, match="No space left"):
        _send(Ledger(_FullDisk(), lambda: 0.0))
