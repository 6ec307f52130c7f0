"""Finds the protocols: every module of this package that defines `PROTOCOL`. No list to edit."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from camscan import protocols
from camscan.probe import Protocol


@cache
def load_protocols() -> MappingProxyType[str, Protocol]:
    """Every protocol by name, in alphabetical order."""
    modules = (import_module(f"{protocols.__name__}.{m.name}") for m in iter_modules(protocols.__path__))
    found = (getattr(module, "PROTOCOL", None) for module in modules)
    return MappingProxyType({p.name: p for p in found if isinstance(p, Protocol)})
