"""What the user named → the scope: reads arguments and files, resolves host names, and hands the rest to `intake`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from camscan.cli.reading import STDIN, lines_of, readable, shown
from camscan.errors import UsageError
from camscan.intake.extent import build_scope
from camscan.intake.targets import Target, parse_words, read_targets, resolved
from camscan.scope import Interface, Scope
from camscan.transport.resolve import resolve, resolver_addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What stands on the command line: words and files to scan, words and files to leave out; `-` is stdin."""

    targets: tuple[str, ...] = ()
    target_files: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    exclusion_files: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    allow_public: bool = False


def find_scope(named: Named, interfaces: Sequence[Interface]) -> tuple[Scope, tuple[str, ...]]:
    """The scope and notes for the user. Raises `UsageError` for whatever cannot be understood or may not be asked."""
    words = tuple(word for word in named.targets if word != STDIN)
    files = (*named.target_files, *(word for word in named.targets if word == STDIN))
    if (*files, *named.exclusion_files).count(STDIN) > 1:
        raise UsageError("stdin can be read only once: `-` stands twice")
    targets = [*_from_words(words, ""), *_from_files(files)]
    if (words or files) and not targets:
        raise UsageError(f"{', '.join(shown(f) for f in files)}: no target in it")
    exclusions = [*_from_words(named.exclusions, "--exclude"), *_from_files(named.exclusion_files)]
    asked = [target.name for target in (*targets, *exclusions) if target.name]
    scope, notes = build_scope(
        [_resolve(target) for target in targets],
        [_resolve(target) for target in exclusions],
        interfaces,
        allow_public=named.allow_public,
        any_kind=bool(named.interfaces),
    )
    return scope, (*_lookup_notes(asked), *notes)


def choose_interfaces(interfaces: Sequence[Interface], names: Sequence[str]) -> tuple[Interface, ...]:
    """The interfaces named, or all. Raises `UsageError` for a name that is none."""
    known = {interface.name: interface for interface in interfaces}
    for name in names:
        if name not in known:
            raise UsageError(f"--interface {name}: there is none; this machine has {', '.join(known) or 'none'}")
    return tuple(known[name] for name in dict.fromkeys(names)) if names else tuple(interfaces)


def _from_words(words: Sequence[str], where: str) -> Iterator[Target]:
    for word in words:
        yield from parse_words(word, where)


def _from_files(names: Sequence[str]) -> Iterator[Target]:
    for name in names:
        with readable(name) as stream:
            yield from read_targets(shown(name), lines_of(name, stream))


def _resolve(target: Target) -> Target:
    if not target.name:
        return target
    try:
        return resolved(target, resolve(target.name))
    except UsageError as error:
        reason = str(error).partition(" does not resolve: ")[2]
        raise target.error(f"does not resolve: {reason}") if reason else error from None


def _lookup_notes(names: Sequence[str]) -> Iterator[str]:
    if names:
        servers = ", ".join(resolver_addresses()) or "no server configured"
        yield f"looked up {', '.join(names)} by this machine's resolver ({servers})"
