"""Two scans of one inventory never ask the same addresses at once; what is killed leaves no lock behind. The scans are
processes of their own, over loopback addresses where nobody answers."""

import asyncio
import fcntl
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.cli import alone as module
from camscan.cli.alone import GUARD, alone
from camscan.errors import CannotRunError
from camscan.inventory.place import Place
from camscan.scope import Scope
from tests.cli_rig import LAN
from tests.test_scan_loopback import camscan

ASKED, WITHIN, ASIDE = "127.83.201.0/26", "127.83.201.60-127.83.201.70", "127.83.202.7"
SLOW = ("--rate", "2", "--engine", "connect")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"CAMSCAN_INVENTORY": str(tmp_path / "inventory.sqlite"), "XDG_STATE_HOME": str(tmp_path / "state")}


def locks(env: dict[str, str]) -> list[Path]:
    return list(Path(env["CAMSCAN_INVENTORY"] + ".scans").glob("*.json"))


@asynccontextmanager
async def under_way(env: dict[str, str], target: str = ASKED) -> AsyncIterator[asyncio.subprocess.Process]:
    """A scan that takes long, from when it holds its lock; killed at the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "camscan", "scan", target, *SLOW),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | env,
    )
    try:
        async with asyncio.timeout(60):
            while not any(path.read_text().endswith("}") for path in locks(env)):
                await asyncio.sleep(0.05)
                assert process.returncode is None
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_the_second_says_who_holds_it_and_sends_nothing(env: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "sent.jsonl"
    async with under_way(env) as first:
        code, out, err = await camscan("scan", WITHIN, "--request-log", str(log), "--quiet", env=env)
        assert (code, out) == (4, "")
        assert err.startswith(f"camscan: another scan asks the same addresses now: process {first.pid}, since 20")
        assert err.endswith(f"scope {ASKED}; nothing was sent\n")
        assert not log.exists()


async def test_other_addresses_and_what_is_not_recorded_wait_for_nobody(env: dict[str, str]) -> None:
    async with under_way(env):
        ended = await asyncio.gather(
            camscan("scan", ASIDE, "--quiet", env=env),
            camscan("scan", ASKED, "--dry-run", "--quiet", env=env),
            camscan("scan", "127.83.201.7", "--no-record", "--quiet", env=env),
        )
    assert [code for code, _, _ in ended] == [0, 0, 0], ended


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_whatever_ends_a_scan_frees_what_it_held(env: dict[str, str], number: signal.Signals) -> None:
    async with under_way(env) as first:
        first.send_signal(number)
        await first.wait()
    assert len(locks(env)) == (1 if number is signal.SIGKILL else 0)
    assert (await camscan("scan", "127.83.201.7", "--quiet", env=env))[0] == 0
    assert locks(env) == []


def scope(*swept: str, excluded: tuple[str, ...] = ()) -> Scope:
    return Scope(swept=tuple(map(ip_network, swept)), excluded=tuple(map(ip_network, excluded)))


def test_a_scope_is_what_is_left_without_exclusions(tmp_path: Path) -> None:
    place = Place(path=tmp_path / "inventory.sqlite")
    with alone(place, scope("10.0.0.0/24", excluded=("10.0.0.128/25",))):
        with alone(place, scope("10.0.0.128/25", "fd00::/120")):
            pass
        with alone(Place(path=tmp_path / "other.sqlite"), scope("10.0.0.0/24")):
            pass
        with pytest.raises(CannotRunError, match="same addresses"), alone(place, scope("10.0.0.7")):
            pass


def test_a_multicast_is_heard_by_the_whole_segment(tmp_path: Path) -> None:
    place = Place(path=tmp_path / "inventory.sqlite")
    heard = Scope(swept=(), segments=((LAN, LAN.ipv4[0].network),))
    with alone(place, heard), pytest.raises(CannotRunError), alone(place, scope("10.0.0.7")):
        pass


def test_a_file_that_goes_by_two_names_is_one(tmp_path: Path) -> None:
    link = tmp_path / "link.sqlite"
    link.symlink_to(tmp_path / "inventory.sqlite")
    target = Place(path=tmp_path / "inventory.sqlite")
    with alone(Place(path=link), scope("10.0.0.0/24")), pytest.raises(CannotRunError), alone(target, scope("10.0.0.7")):
        pass


def test_scans_into_a_database_are_locked_in_the_directory_of_this_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    place = Place(url="postgresql+psycopg://auditor:secret-word@db/camscan")
    with alone(place, scope("10.0.0.0/24")):
        kept = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert all("secret-word" not in str(path) + path.read_text() for path in kept)
        assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600] * 2
        with pytest.raises(CannotRunError), alone(place, scope("10.0.0.7")):
            pass


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_file_that_another_program_holds_is_not_passed_over(tmp_path: Path, text: str) -> None:
    place = Place(path=tmp_path / "inventory.sqlite")
    with alone(place, scope("10.0.0.0/24")):
        (held,) = tmp_path.glob("*.scans/*.json")
        held.write_text(text)
        with pytest.raises(CannotRunError, match="another program holds it"), alone(place, scope("10.9.0.0/24")):
            pass


def test_where_there_can_be_no_lock_there_is_no_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inventory.sqlite.scans").write_text("")
    place = Place(path=tmp_path / "inventory.sqlite")
    with pytest.raises(CannotRunError, match=r"lock .*: file exists"), alone(place, scope("10.0.0.0/24")):
        pass


def test_who_does_not_go_on_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GUARD_SECONDS", 0.2)
    place = Place(path=tmp_path / "inventory.sqlite")
    (tmp_path / "inventory.sqlite.scans").mkdir()
    with (tmp_path / "inventory.sqlite.scans" / GUARD).open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        with pytest.raises(CannotRunError, match="does not go on"), alone(place, scope("10.0.0.0/24")):
            pass


SPANS = st.lists(st.tuples(st.sampled_from([4, 6]), st.integers(0, 30), st.integers(0, 6)), max_size=6)


@given(SPANS, SPANS)
def test_scopes_overlap_where_one_address_is_in_both(one: list[module.Span], other: list[module.Span]) -> None:
    def spans(given: list[module.Span]) -> list[module.Span]:
        return sorted((version, first, first + more) for version, first, more in given)

    def members(given: list[module.Span]) -> set[tuple[int, int]]:
        return {(version, number) for version, first, last in spans(given) for number in range(first, last + 1)}

    assert module._overlap(spans(one), spans(other)) == bool(members(one) & members(other))
