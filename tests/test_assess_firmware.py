"""Which firmware is older: versions, lines and builds, and where nothing can be said."""

import pytest

from camscan.assess.firmware import compare, read_firmware


@pytest.mark.parametrize(
    ("version", "build", "numbers", "line", "built"),
    [
        ("V5.5.0", "build 170725", (5, 5, 0), "", 20170725),
        ("V4.30.096", "build 221220", (4, 30, 96), "", 20221220),
        ("V5.4.0 build 160530", None, (5, 4, 0), "", 20160530),
        ("2.800.0000000.25.R", "2021-05-01", (2, 800, 25), "0000000", 20210501),
        ("2.800.0000000.25.R, Build Date 2021-05-01", None, (2, 800, 25), "0000000", 20210501),
        ("2.623.00AC004.0.R.200316", None, (2, 623, 0), "00AC004", 20200316),
        ("V2.420.AC00.16.R.20160909", None, (2, 420, 16), "AC00", 20160909),
        ("V2.400.0000.14.R.20170713", None, (2, 400, 14), "0", 20170713),
        ("2.400.0.8", None, (2, 400, 8), "0", None),
        ("3.210.0001.10", None, (3, 210, 10), "1", None),
        ("4.001.0000005.1", "2021-06-16", (4, 1, 1), "0000005", 20210616),
        ("2.800.030000000.5.R", None, (2, 800, 5), "030000000", None),
        ("V5.7.23_SP2", None, (5, 7, 23, 2), "", None),
        ("V2.3.8-6", None, (2, 3, 8, 6), "", None),
        ("build 250807", None, None, "", 20250807),
        ("build 2021-06-01", None, None, "", 20210601),
        ("V1.0", "build 209901", (1, 0), "", None),
    ],
)
def test_what_devices_and_advisories_write(
    version: str, build: str | None, numbers: tuple[int, ...] | None, line: str, built: int | None
) -> None:
    found = read_firmware(version, build)
    assert (found.version.numbers if found.version else None) == numbers
    assert (found.version.line if found.version else "") == line
    assert found.built == built


@pytest.mark.parametrize(
    "text", ["", "2.420.Dahua 00.14.R", "D15655150", "V5.00.R02.00031812.10010", "x" * 5000, "1." * 50]
)
def test_what_cannot_be_read_is_unknown(text: str) -> None:
    assert read_firmware(text).version is None
    assert compare(read_firmware(text), read_firmware("V5.4.0 build 160530")).sign is None


@pytest.mark.parametrize(
    ("own", "bound", "sign"),
    [
        ("V5.4.0 build 160530", "V5.4.0 build 160530", 0),
        ("V5.4.0 build 160529", "V5.4.0 build 160530", -1),
        ("V5.4.0 build 160531", "V5.4.0 build 160530", 1),
        ("V5.3.9 build 160401", "V5.4.0 build 160530", -1),
        ("V5.4.1 build 160601", "V5.4.0 build 160530", 1),
        ("V5.4.1 build 160530", "V5.4.0 build 160530", 1),
        ("V5.3.0 build 170101", "V5.4.0 build 160530", None),
        ("V5.5.0 build 150101", "V5.4.0 build 160530", None),
        ("V5.3.0", "V5.4.0 build 160530", -1),
        ("V5.4.0", "V5.4.0 build 160530", None),
        ("V5.10.0", "V5.9.0", 1),
        ("V5.7.23", "V5.7.23 SP2", -1),
        ("V5.4.0 build 160530", "build 160530", 0),
        ("V5.4.0", "build 160530", None),
        ("V4.1", "V4.1.0", 0),
        ("2.800.0000000.24.R", "2.800.0000000.25.R", -1),
        ("2.800.0000000.25.R, Build Date 2021-05-01", "build 2021-05-01", 0),
        ("2.800.0000016.0.R", "2.800.0000000.25.R", None),
        ("2.800.0000016.0.R, Build Date 2021-05-02", "2.800.0000000.25.R.20210501", 1),
        ("1.000.0000000.0.R", "2.400.0000.14.R.20170713", None),
        ("1.000.0000000.0.R, Build Date 2024-01-01", "2.400.0000.14.R.20170713", 1),
        ("2.400.0.8", "V2.400.0000.14.R.20170713", -1),
        ("V5.4.0 build 160530", "2.400.0000.14.R.20170713", None),
    ],
)
def test_the_order_of_two(own: str, bound: str, sign: int | None) -> None:
    order = compare(read_firmware(own), read_firmware(bound))
    assert order.sign == sign
    assert bool(order.why) == (sign is None)
