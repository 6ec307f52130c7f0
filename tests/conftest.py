"""What all tests share: nothing of camscan may send outside this machine, and no needed peer may be skipped in CI."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from camscan.lab import netns
from tests.apart import leave_the_network, share

if TYPE_CHECKING:
    from camscan.inventory.store import Inventory


def pytest_configure(config: pytest.Config) -> None:
    """Settings for all tests.

    A run in the background (`&`, nohup) ignores signals, and so would the programs that the tests start and end.
    """
    if hasattr(config, "workerinput") and not netns.obstacle():
        leave_the_network()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    settings.register_profile("camscan", deadline=None)  # a first call imports; how long it takes proves nothing
    settings.load_profile("camscan")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a third of the time is waiting for an emulated network."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Which tests stay together where several processes share them (`-n 2`)."""
    if hasattr(config, "workerinput"):
        share(items)


@pytest.fixture(autouse=True, scope="session")
def nothing_installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No data that this user has installed, and no key, have a part in a test; where a test may install its own. Nor is
    anything written to this user's inventory."""
    home = tmp_path_factory.mktemp("home")
    os.environ["CAMSCAN_INVENTORY"] = str(home / "inventory" / "inventory.sqlite")
    os.environ["XDG_DATA_HOME"], os.environ["XDG_CONFIG_HOME"] = str(home / "data"), str(home / "config")
    return home


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server for all tests; each has a database of its own in it."""
    from tests.inventory_rig import postgres_server

    with postgres_server(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def inventory(request: pytest.FixtureRequest, tmp_path: Path) -> "Iterator[Inventory]":
    """A new, empty inventory, of both kinds."""
    from camscan.inventory.place import Place
    from tests.inventory_rig import fresh_database, made

    if request.param == "sqlite":
        place = Place(path=tmp_path / "inventory.sqlite")
    else:
        url = fresh_database(request.getfixturevalue("server"), f"test_{abs(hash(request.node.nodeid))}")
        place = Place(url=url.replace("postgresql://", "postgresql+psycopg://"))
    with made(place) as inventory:
        yield inventory


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With CAMSCAN_REQUIRE_PEERS set, a skipped test fails the run: the machine lacks what the test needs."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CAMSCAN_REQUIRE_PEERS") and skipped and exitstatus == 0:
        for report in skipped:
            reporter.write_line(f"skipped, but required here: {report.nodeid}: {report.longrepr[-1]}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
