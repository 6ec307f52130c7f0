"""What all tests share: nothing of camscan may send outside this machine, and no needed peer may be skipped in CI."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings


def pytest_configure() -> None:
    """Settings for all tests.

    A run in the background (`&`, nohup) ignores signals, and so would the programs that the tests start and end.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    settings.register_profile("camscan", deadline=None)  # a first call imports; how long it takes proves nothing
    settings.load_profile("camscan")


@pytest.fixture(autouse=True, scope="session")
def nothing_installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No data that this user has installed, and no key, have a part in a test; where a test may install its own. Nor is
    anything written to this user's inventory."""
    home = tmp_path_factory.mktemp("home")
    os.environ["CAMSCAN_INVENTORY"] = str(home / "inventory" / "inventory.sqlite")
    os.environ["XDG_DATA_HOME"], os.environ["XDG_CONFIG_HOME"] = str(home / "data"), str(home / "config")
    return home


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With CAMSCAN_REQUIRE_PEERS set, a skipped test fails the run: the machine lacks what the test needs."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CAMSCAN_REQUIRE_PEERS") and skipped and exitstatus == 0:
        for report in skipped:
            reporter.write_line(f"skipped, but required here: {report.nodeid}: {report.longrepr[-1]}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
