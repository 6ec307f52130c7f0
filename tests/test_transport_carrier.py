"""Whether an interface kept its link, as sysfs tells it."""

from pathlib import Path

import pytest

from camscan.transport.carrier import Carriers


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    write(tmp_path, carrier="1\n", carrier_down_count="4\n")
    return tmp_path


def write(system: Path, **files: str) -> None:
    (system / "eth0").mkdir(exist_ok=True)
    for name, text in files.items():
        (system / "eth0" / name).write_text(text)


def test_a_link_that_stayed_is_none_that_was_lost(sysfs: Path) -> None:
    assert Carriers(["eth0"], sysfs).lost() == {}


def test_a_link_that_was_lost_and_came_back_was_lost(sysfs: Path) -> None:
    carriers = Carriers(["eth0"], sysfs)
    write(sysfs, carrier_down_count="5\n")
    assert carriers.lost() == {"eth0": "eth0 lost its link during the scan"}


def test_no_link_from_the_beginning(sysfs: Path) -> None:
    write(sysfs, carrier="0\n")
    assert Carriers(["eth0"], sysfs).lost() == {"eth0": "eth0 has no link"}


def test_an_interface_that_is_gone_has_lost_its_link(sysfs: Path) -> None:
    carriers = Carriers(["eth0"], sysfs)
    for file in ("carrier", "carrier_down_count"):
        (sysfs / "eth0" / file).unlink()
    assert list(carriers.lost()) == ["eth0"]


def test_a_system_without_these_files_says_nothing(tmp_path: Path) -> None:
    assert Carriers(["eth0"], tmp_path).lost() == {}
