"""A thousand silent addresses on the wire and no raw sockets: the kernel's table of neighbours is full all the time.

The table is one for all namespaces (1,024 entries, gc_thresh3 in arp(7)), and its limits belong to the machine, so the
scan itself fills it. What is changed in the scanner's namespace is how soon an absent neighbour is given up: the usual
three seconds would make this last minutes.
"""

import os
import re
import subprocess
from collections import Counter
from ipaddress import IPv4Network
from pathlib import Path

from camscan.discover.host_ports import SILENT_ENOUGH
from camscan.lab import netns
from tests.fault_rig import NO_RAW, few_ports, missed, needs_namespaces, scan, town

pytestmark = needs_namespaces

WIDE, SMALL = "10.83.8.0/22", "10.83.10.0/26"
SCANNER = "10.83.10.2"
GIVEN_UP = "ntable change name arp_cache dev eth0 retrans 30 mcast_probes 1"  # milliseconds
STATISTICS = Path("/proc/net/stat/arp_cache")
LIMIT = Path("/proc/sys/net/ipv4/neigh/default/gc_thresh3")


def of_the_machine(path: Path) -> str:
    """The table is one for all namespaces, and told of in the first: where whoever started this is."""
    command = ["nsenter", "--target", str(os.getppid()), "--net", "cat", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def times_full() -> int:
    """How often the kernel has thrown neighbours out of the full table, or found no room for one."""
    names, *rows = (line.split() for line in of_the_machine(STATISTICS).splitlines())
    wanted = [names.index("forced_gc_runs"), names.index("table_fulls")]
    return sum(int(row[column], 16) for row in rows for column in wanted)


def test_with_a_full_table_every_device_is_found_and_nothing_hangs(tmp_path: Path) -> None:
    before = times_full()
    with town(lan=WIDE) as ours:
        netns.configure(ours.scanner, [GIVEN_UP])
        ended = scan(ours.scanner, tmp_path, WIDE, "--rate", "10000", program=few_ports(), under=NO_RAW)
    assert ended.code == 0, ended.message
    assert missed(ours, ended, network=WIDE) == []
    asked = {row["channel"]: row["asked"] for row in ended.document["coverage"]}
    (ports,) = (row for row in ended.document["coverage"] if row["channel"] == "tcp connect")
    given_up = re.match(r"([\d,]+) not asked to the end: ARP showed nobody there$", ports["reason"])
    assert given_up
    assert 0 < int(given_up[1].replace(",", "")) <= ports["silent"]
    assert {asked[f"{name} unicast"] for name in ("sadp", "dhdiscover", "wsdiscovery")} == {1022}
    assert asked["tcp connect"] == 1022
    if int(of_the_machine(LIMIT)) <= 1024:
        assert times_full() > before


def test_an_absent_host_costs_two_ports_where_only_the_kernel_can_ask_by_arp(tmp_path: Path) -> None:
    with town() as ours:
        ended = scan(ours.scanner, tmp_path, SMALL, "--rate", "10000", under=NO_RAW)
    assert ended.code == 0, ended.message
    assert missed(ours, ended, "vendor", network=SMALL) == []  # a model that only multicast tells is not there
    connects = Counter(line["address"] for line in ended.log if line["request"] == "connect")
    absent = [a for a in map(str, IPv4Network(SMALL).hosts()) if a not in ours.network.devices and a != SCANNER]
    assert len(absent) > 50
    assert {connects[address] for address in absent} == {SILENT_ENOUGH}
    (ports,) = (row for row in ended.document["coverage"] if row["channel"] == "tcp connect")
    assert ports["reason"] == f"{len(absent)} not asked to the end: ARP showed nobody there"
    assert ports["state"] == "asked"
