"""What the user types → the scope. The traps: a range whose ends get lost, a public address by a back door, an empty
file that scans everything, an exclusion that does not count."""

from collections.abc import Iterable
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import CannotRunError, UsageError
from camscan.intake.extent import build_scope
from camscan.intake.targets import Target, parse_target, parse_words, read_targets, resolved
from camscan.scope import Interface, Scope


def interface(name: str, *addresses: str, kind: str = "ethernet") -> Interface:
    parsed = tuple(IPv6Interface(a) if ":" in a else IPv4Interface(a) for a in addresses)
    return Interface(name=name, index=1, kind=kind, addresses=parsed)  # type: ignore[arg-type]


LAN = interface("eth0", "10.0.0.7/24", "fd00::7/64")


def targets(*words: str) -> list[Target]:
    return [parse_target(word) for word in words]


def scope_of(*words: str, exclude: Iterable[str] = (), interfaces: Iterable[Interface] = (LAN,)) -> Scope:
    return build_scope(targets(*words), targets(*exclude), tuple(interfaces))[0]


@pytest.mark.parametrize(
    ("word", "networks"),
    [
        ("10.0.0.5", ["10.0.0.5/32"]),
        ("10.0.0.5/24", ["10.0.0.0/24"]),
        ("10.0.0.0/255.255.255.0", ["10.0.0.0/24"]),
        ("10.0.0.5-10.0.0.7", ["10.0.0.5/32", "10.0.0.6/31"]),
        ("10.0.0.5-7", ["10.0.0.5/32", "10.0.0.6/31"]),
        ("fd00::5", ["fd00::5/128"]),
        ("fd00::1:5/120", ["fd00::1:0/120"]),
        ("fd00::4-fd00::7", ["fd00::4/126"]),
        ("::ffff:10.0.0.5", ["10.0.0.5/32"]),
        ("::ffff:10.0.0.5/120", ["10.0.0.0/24"]),
    ],
)
def test_addresses_networks_and_ranges(word: str, networks: list[str]) -> None:
    assert [str(n) for n in parse_target(word).networks] == networks


@pytest.mark.parametrize("word", ["cam-1", "nvr.site.example", "10-0-0-5.site.example", "a.b.c.d1", "site.example."])
def test_host_names_are_left_to_be_resolved(word: str) -> None:
    assert (parse_target(word).name, parse_target(word).networks) == (word, ())


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("10.0.0.300", "Octet 300"),
        ("10.0.0", "Expected 4 octets"),
        ("010.0.0.1", "Leading zeros"),
        ("3232235521", "Expected 4 octets"),
        ("10.0.0.0/33", "33 is not a valid netmask"),
        ("10.0.0.0/", "not a valid netmask"),
        ("fd00::/129", "129 is not a valid netmask"),
        ("fd00::1%eth0", "zone"),
        ("fd00::1%eth0/64", "zone"),
        ("10.0.0.9-10.0.0.5", "ends before it begins"),
        ("10.0.0.9-5", "ends before it begins"),
        ("10.0.0.9-", "end of the range"),
        ("10.0.0.9-300", "end of the range"),
        ("10.0.0.9-cam", "end of the range"),
        ("10.0.0.9-fd00::1", "one IP version"),
        ("fd00::-fd00::ffff", "more than 4096"),
        ("http://10.0.0.1/", "URL"),
        ("10.0.0.1:80", "port"),
        ("cam.example:80", "port"),
        ("[fd00::1]:80", "port"),
        ("-cam", "neither"),
        ("cam_.example-", "neither"),
        ("under/score", "Expected 4 octets"),
        ("a" * 64, "neither"),
        ("cam\x1b[31m", "neither"),
        ("host.123", "neither"),
        ("10.0.0.*", "Only decimal digits"),
        ("kamera.tüv", "neither"),
    ],
)
def test_what_is_none_of_these_is_refused_with_the_reason(word: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        parse_target(word, "targets.txt:3")
    assert str(caught.value).startswith(f'targets.txt:3: "{word[:60]}')


@given(st.text(max_size=80))
def test_any_word_parses_or_is_refused(word: str) -> None:
    try:
        target = parse_target(word)
    except UsageError:
        return
    assert bool(target.networks) != bool(target.name)


def test_files_hold_several_targets_comments_and_blanks() -> None:
    lines = ["# site one\n", "\n", "10.0.0.1 10.0.0.2, cam-1  # the gate\n", "  fd00::/120\n"]
    assert [(t.text, t.where) for t in read_targets("list.txt", lines)] == [
        ("10.0.0.1", "list.txt:3"),
        ("10.0.0.2", "list.txt:3"),
        ("cam-1", "list.txt:3"),
        ("fd00::/120", "list.txt:4"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"), [("10.0.0.1 # \udcff", "not UTF-8 text"), ("10.0.0.1," * 500_000, "longer than 4,194,304")]
)
def test_a_line_that_is_no_text_or_endless_is_refused_with_its_place(line: str, reason: str) -> None:
    with pytest.raises(UsageError, match=f"^list.txt:2: {reason}"):
        list(read_targets("list.txt", ["10.0.0.1\n", line]))


def test_an_empty_word_is_a_mistake_not_everything() -> None:
    for word in ("", " ", ","):
        with pytest.raises(UsageError, match="empty"):
            list(parse_words(word))
    assert [t.text for t in parse_words("10.0.0.1,10.0.0.2")] == ["10.0.0.1", "10.0.0.2"]


def test_a_name_becomes_its_addresses() -> None:
    name = parse_target("cam-1", "list.txt:7")
    found = resolved(name, ["10.0.0.5", "fd00::5", "fe80::1%eth0", "fe80::2"])
    assert (found.name, [str(n) for n in found.networks]) == (None, ["10.0.0.5/32", "fd00::5/128"])
    with pytest.raises(UsageError, match=r'list.txt:7: "cam-1"'):
        resolved(name, ["fe80::1%eth0"])


@pytest.mark.parametrize(
    "words",
    [
        ["10.1.0.4", "10.1.0.5", "10.1.0.6", "10.1.0.7"],
        ["10.1.0.5-10.1.0.20"],
        ["10.1.0.0-10.1.0.255"],
        ["10.1.0.250-10.1.1.5", "10.1.0.0/24"],
        ["10.1.0.0/25", "10.1.0.128/25"],
        ["10.1.0.0/24", "10.1.0.0/28", "10.1.0.3"],
        ["10.1.0.0-10.1.3.255", "10.1.1.0/24"],
        ["10.1.0.0/31", "10.1.0.2/32"],
        ["fd00::4-fd00::9", "10.1.0.1"],
    ],
)
def test_every_address_named_is_visited_once(words: list[str]) -> None:
    wanted: set[str] = set()
    for target in targets(*words):
        for network in target.networks:
            wanted |= {str(a) for a in (network if target.exact else network.hosts())}
    visited = list(scope_of(*words).addresses())
    assert sorted(visited) == sorted(wanted)
    assert scope_of(*words).count() == len(wanted)


@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 70)), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 600), st.integers(24, 32)), max_size=4),
)
def test_ranges_and_networks_in_any_mixture_lose_and_repeat_nothing(
    ranges: list[tuple[int, int]], networks: list[tuple[int, int]]
) -> None:
    start = ip_address("10.1.0.0")
    words = [f"{start + first}-{start + first + more}" for first, more in ranges]
    words += [f"{start + first}/{length}" for first, length in networks]
    wanted = {a for t in targets(*words) for n in t.networks for a in (n if t.exact else n.hosts())}
    visited = list(scope_of(*words).addresses())
    assert len(visited) == len(set(visited))
    assert set(visited) == {str(a) for a in wanted}


def test_a_range_costs_little_however_long_it_is() -> None:
    scope = scope_of("10.0.0.1-10.255.255.254")
    assert scope.count() == 2**24 - 2
    assert len(scope.swept) < 200


@pytest.mark.parametrize(
    "word",
    ["8.8.8.8", "8.0.0.0/6", "9.255.255.0-10.0.0.5", "172.32.0.1", "::ffff:8.8.8.8", "2600::1", "100.128.0.0/24"],
)
def test_public_space_is_refused_by_name_unless_allowed(word: str) -> None:
    with pytest.raises(UsageError, match="public address space") as caught:
        scope_of(word)
    assert f'"{word}"' in str(caught.value)
    scope, _ = build_scope(targets(word), (), (LAN,), allow_public=True)
    assert scope.permits(next(scope.addresses()))


def test_a_name_of_a_public_address_is_refused_with_the_address() -> None:
    name = resolved(parse_target("cam-1"), ["10.0.0.5", "8.8.8.8"])
    with pytest.raises(UsageError, match=r'"cam-1": 8.8.8.8/32 is public address space'):
        build_scope([name], (), (LAN,))


@pytest.mark.parametrize("word", ["100.64.0.0/10", "169.254.3.4", "127.0.0.1", "192.168.0.0/16", "fd00::1", "::1"])
def test_private_shared_and_local_space_is_permitted(word: str) -> None:
    scope = scope_of(word)
    assert scope.permits(next(scope.addresses()))


@pytest.mark.parametrize(
    "word", ["0.0.0.0/0", "239.255.255.250", "255.255.255.255", "0.0.0.0", "240.0.0.1", "ff02::1", "::", "fe80::1"]
)
def test_addresses_that_no_device_has_are_refused_even_where_public_is_allowed(word: str) -> None:
    with pytest.raises(UsageError):
        build_scope(targets(word), (), (LAN,), allow_public=True)


def test_an_ipv6_prefix_that_cannot_be_swept_is_refused() -> None:
    with pytest.raises(UsageError, match=r'"fd00::/64": 18,446,744,073,709,551,616 addresses'):
        scope_of("fd00::/64")
    assert scope_of("fd00::/116").count() == 4095


def test_exclusions_win_over_everything() -> None:
    scope = scope_of("10.0.0.0/24", "10.0.0.9", exclude=["10.0.0.8-10.0.0.9", "8.8.8.8", "fd00::/8"])
    visited = set(scope.addresses())
    assert visited == {str(a) for a in ip_network("10.0.0.0/24").hosts()} - {"10.0.0.8", "10.0.0.9"}
    assert not scope.permits("10.0.0.9")


def test_an_exclusion_written_as_ipv6_counts() -> None:
    assert not scope_of("10.0.0.0/24", exclude=["::ffff:10.0.0.9"]).permits("10.0.0.9")


@pytest.mark.parametrize("exclude", [["10.0.0.0/8"], ["10.0.0.0/25", "10.0.0.128/25"], ["10.0.0.1-10.0.0.254"]])
def test_excluding_everything_is_a_mistake(exclude: list[str]) -> None:
    with pytest.raises(UsageError, match="leave nothing"):
        scope_of("10.0.0.0/24", exclude=exclude, interfaces=())


def test_multicast_only_where_the_whole_network_of_the_interface_was_named() -> None:
    def segments(*words: str) -> list[tuple[str, str]]:
        return [(i.name, str(n)) for i, n in scope_of(*words).segments]

    lan = [("eth0", "10.0.0.0/24")]
    assert segments("10.0.0.0/24") == lan
    assert segments("10.0.0.0/16") == lan
    assert segments("10.0.0.0/25", "10.0.0.128/25") == lan
    assert segments("10.0.0.1-10.0.0.254") == lan
    assert segments("10.0.0.0/25") == []
    assert segments("10.0.0.7") == []
    assert segments("10.0.0.2-10.0.0.254") == []


TWO = interface("eth0", "10.0.0.7/24", "10.55.0.7/24")
ALSO = "eth0 also carries 10.55.0.0/24, which is not in scope: no multicast or broadcast there"


@pytest.mark.parametrize(
    ("words", "exclude", "kept"),
    [
        (["10.0.0.0/24"], [], 0),
        (["10.0.0.0/24", "10.55.0.0/25"], [], 0),
        (["10.0.0.0/8"], ["10.55.0.0/16"], 0),
        ([], ["10.55.0.0/24"], 0),
        (["10.0.0.0/24", "10.55.0.0/24"], [], 2),
        (["10.0.0.0/8"], ["10.55.0.9"], 2),
        ([], [], 2),
    ],
)
def test_a_wire_that_also_carries_a_network_out_of_scope_gets_no_multicast(
    words: list[str], exclude: list[str], kept: int
) -> None:
    scope, notes = build_scope(targets(*words), targets(*exclude), (TWO,))
    assert len(scope.segments) == kept
    assert (ALSO in notes) is (kept == 0)
    assert not kept or scope.permits_segment("eth0")
    assert scope.permits("10.0.0.9")


def test_a_public_network_on_the_wire_silences_it_and_another_interface_stays_as_it_is() -> None:
    mixed = interface("eth0", "10.0.0.7/24", "8.8.8.9/24", "9.9.9.9/24")
    scope, notes = build_scope((), (), (mixed, interface("eth1", "10.1.0.7/24")))
    assert [i.name for i, _ in scope.segments] == ["eth1"]
    assert [str(n) for n in scope.swept] == ["10.0.0.0/24", "10.1.0.0/24"]
    strangers = "8.8.8.0/24, 9.9.9.0/24, which are not in scope"
    assert f"eth0 also carries {strangers}: no multicast or broadcast there" in notes


def test_an_address_without_neighbours_silences_nobody() -> None:
    assert len(scope_of("10.0.0.0/24", interfaces=[interface("eth0", "10.0.0.7/24", "10.55.0.7/32")]).segments) == 1


def test_a_wire_without_a_segment_in_scope_is_not_worth_a_note() -> None:
    assert build_scope(targets("192.168.0.0/24"), (), (TWO,))[1] == ()


def test_a_wide_network_on_a_mixed_wire_leaves_nothing_and_says_what_to_type() -> None:
    with pytest.raises(
        UsageError, match=r"eth0 also carries 8.8.8.0/24.*; 10.0.0.0/16 is wide: not scanned; .* camscan"
    ):
        build_scope((), (), (interface("eth0", "10.0.0.7/16", "8.8.8.9/24"),))


def test_an_excluded_network_gets_no_multicast_and_a_part_of_it_is_noted() -> None:
    whole = build_scope(targets("10.0.0.0/23"), targets("10.0.0.0/24"), (LAN,))
    assert (whole[0].segments, whole[1]) == ((), ())
    part = build_scope(targets("10.0.0.0/24"), targets("10.0.0.9"), (LAN,))
    assert len(part[0].segments) == 1
    assert "eth0 10.0.0.0/24 holds excluded addresses: no broadcast there" in part[1][0]


def test_without_targets_the_private_networks_of_real_links() -> None:
    interfaces = (
        interface("lo", "127.0.0.1/8", kind="loopback"),
        interface("eth0", "10.0.0.7/24", "10.0.1.7/24"),
        interface("wlan0", "192.168.7.2/23", kind="wireless"),
        interface("docker0", "172.17.0.1/16", kind="bridge"),
        interface("wg0", "10.8.0.2/24", kind="tunnel"),
        interface("veth0", "10.9.0.2/24", kind="container"),
        interface("eth1", "8.8.8.9/24"),
        interface("eth2", "10.77.0.1/32"),
    )
    scope, notes = build_scope((), (), interfaces)
    assert [str(n) for n in scope.swept] == ["10.0.0.0/24", "10.0.1.0/24", "192.168.6.0/23"]
    assert [i.name for i, _ in scope.segments] == ["eth0", "eth0", "wlan0"]
    assert "not scanned, name a target to do so: docker0 (bridge), wg0 (tunnel), veth0 (container)" in notes
    assert "eth1 is on 8.8.8.0/24, public address space: not scanned" in notes


def test_a_wide_network_gets_multicast_only_with_the_line_to_type() -> None:
    scope, notes = build_scope((), (), (interface("eth0", "10.0.3.7/16"),))
    assert (scope.swept, [str(n) for _, n in scope.segments]) == ((), ["10.0.0.0/16"])
    assert notes[0].endswith("to ask every address: camscan scan 10.0.0.0/16")
    assert build_scope((), (), (interface("eth0", "10.0.3.7/20"),))[0].count() == 4094
    assert scope_of("10.0.0.0/16").count() == 65534


def test_an_interface_that_was_named_counts_whatever_its_kind() -> None:
    tunnel = (interface("wg0", "10.8.0.2/24", kind="tunnel"),)
    with pytest.raises(CannotRunError, match="no private network"):
        build_scope((), (), tunnel)
    assert build_scope((), (), tunnel, any_kind=True)[0].count() == 254


def test_one_network_by_two_interfaces_is_swept_once() -> None:
    scope, _ = build_scope(
        (), (), (interface("eth0", "10.0.0.7/24"), interface("wlan0", "10.0.0.8/24", kind="wireless"))
    )
    assert [str(n) for n in scope.swept] == ["10.0.0.0/24"]
    assert [i.name for i, _ in scope.segments] == ["eth0", "wlan0"]


def test_excluding_the_only_network_without_targets_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="leave nothing"):
        build_scope((), targets("10.0.0.0/8"), (LAN,))
