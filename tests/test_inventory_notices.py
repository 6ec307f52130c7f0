"""The messages that wait to be sent: written with the scan or not at all, claimed by one run at a time, kept while they
are of use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from camscan.change import Notice
from camscan.errors import CannotRunError
from camscan.inventory.counts import count_devices
from camscan.inventory.diff import changes_of
from camscan.inventory.notices import CLAIM_SECONDS, GIVEN_UP, KEPT, claim, forget_old, mark_sent, queue, waiting
from camscan.inventory.place import Place
from camscan.inventory.record import record
from camscan.inventory.scans import all_scans
from camscan.inventory.store import Inventory, Transaction
from camscan.transport.messenger import Messenger
from tests.inventory_rig import camera, entry, fresh_database, made, put, scanned
from tests.notify_rig import Webhook


@pytest.fixture(params=["sqlite", "postgres"])
def inventory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Inventory]:
    place = Place(path=tmp_path / "inventory.sqlite")
    if request.param == "postgres":
        name = "outbox_" + request.node.name.split("[")[0][-30:].lower()
        place = Place(url=fresh_database(request.getfixturevalue("server"), name).replace("://", "+psycopg://", 1))
    with made(place) as opened:
        yield opened


def test_what_a_scan_changed_and_what_is_there_is_told_alike(inventory: Inventory) -> None:
    told = []
    for day, devices in enumerate(((camera(1), camera(2)), (camera(1), camera(2)), (camera(1),)), 1):
        put(inventory, scanned(day, *devices))
        with inventory.reading() as connection:
            changes = changes_of(connection, day)
            told.append((changes.before and changes.before.number, [one.event for one in changes.changes]))
            counted = count_devices(connection)
    assert told == [(None, ["new", "new"]), (1, []), (2, ["gone"])]
    assert counted == (1, 1)


def notice(name: str, queued: float = 0.0) -> Notice:
    return Notice(key=name, scan=1, target="it", subject="s", body="b", queued=queued)


def test_what_one_run_sends_no_other_does_until_it_must_have_died(inventory: Inventory) -> None:
    with inventory.writing() as connection:
        queue(connection, [notice("a"), notice("b")])
        assert claim(connection, "a", 100.0)
        assert not claim(connection, "a", 100.0 + CLAIM_SECONDS)
        assert claim(connection, "a", 101.0 + CLAIM_SECONDS)
        assert claim(connection, "b", 100.0)
        mark_sent(connection, "b", 100.0)
        assert not claim(connection, "b", 1e6)
        assert [(one.key, one.tries) for one in waiting(connection)] == [("a", 2)]


def test_what_was_sent_long_ago_or_never_can_be_is_forgotten(inventory: Inventory) -> None:
    with inventory.writing() as connection:
        queue(connection, [notice("sent"), notice("stale"), notice("fresh", queued=GIVEN_UP)])
        mark_sent(connection, "sent", 0.0)
        assert forget_old(connection, GIVEN_UP + 1) == ["it"]
        assert [one.key for one in waiting(connection)] == ["fresh"]
        assert forget_old(connection, KEPT + 1) == ["it"]
        queue(connection, [notice("sent", queued=KEPT)])
        assert [one.key for one in waiting(connection)] == ["sent"]


def test_a_message_is_there_with_its_scan_or_not_at_all(inventory: Inventory) -> None:
    def fail(connection: Transaction, number: int, is_new: bool) -> None:
        queue(connection, [notice("k")])
        raise CannotRunError("the disk is full")

    with pytest.raises(CannotRunError):
        record(inventory, scanned(1, camera(1)), entry(), fail)
    with inventory.reading() as connection:
        assert (all_scans(connection), waiting(connection)) == ([], [])


def test_a_run_that_dies_between_sending_and_marking_is_told_by_the_key(inventory: Inventory) -> None:
    """The one message that may come twice."""
    hook, key = Webhook(), "k" * 32
    messenger = Messenger(hook.url)
    with inventory.writing() as connection:
        queue(connection, [notice(key)])
        assert claim(connection, key, 0.0)
    assert messenger.send("s", "b", key) is None
    with inventory.writing() as connection:
        (one,) = waiting(connection)
        assert claim(connection, one.key, CLAIM_SECONDS + 1)
    assert messenger.send(one.subject, one.body, one.key) is None
    hook.stop()
    assert [heard for heard, _ in hook.heard] == [key] * 2
