"""Ten thousand devices as a country's cameras may be: models that exist, firmware of their years, brands, others.

What each said of itself is taken from the captures, varied: observations, services, claims. What it is, is drawn anew
(seeded), with gaps as scans leave them: no model, no firmware, no build.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from varied_replies import captured_replies, varied

from camscan.identify.identify import identify
from camscan.identify.knowledge_base import Knowledge
from camscan.model import Claim, Device
from camscan.protocols.registry import load_protocols

NUMBERS = Path(__file__).parent.parent / "tests" / "model_numbers.txt"
FIRST, LAST = date(2014, 1, 1), date(2026, 6, 30)  # of the days on which firmware was built
WITHOUT_MODEL, WITHOUT_FIRMWARE, WITHOUT_BUILD = 0.1, 0.15, 0.2  # shares of the devices
BEHIND = 0.3  # the share of rebrands whose number at the maker is known
UNKNOWN = "-"  # as the file of numbers writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A number with its maker, brand and kind, each None where it tells nothing of them."""

    number: str
    maker: str | None
    brand: str | None
    kind: str | None


def products() -> list[Product]:
    """Every number of the tests' file."""
    lines = NUMBERS.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if "|" in line and not line.startswith("#")]
    known = [[None if cell == UNKNOWN else cell for cell in row] for row in rows if row[0] != "model"]
    return [Product(number=str(row[0]), maker=row[1], brand=row[2], kind=row[3]) for row in known]


def bodies(knowledge: Knowledge, each: int, seed: int) -> tuple[Device, ...]:
    """Devices as the varied replies of the captures prove them, `each` of a capture."""
    return identify(varied(captured_replies(), each, seed), load_protocols(), knowledge).devices


def fleet(count: int, told: Sequence[Device], seed: int) -> list[Device]:
    """So many devices, each with the observations of one of those `told`."""
    return list(_drawn(count, told, products(), random.Random(seed)))


def _drawn(count: int, told: Sequence[Device], known: Sequence[Product], chance: random.Random) -> Iterator[Device]:
    own = [product.number for product in known if product.brand == product.maker]
    for number in range(count):
        product = chance.choice(known)
        behind = chance.choice(own) if product.brand != product.maker and chance.random() < BEHIND else None
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        yield _made(told[number % len(told)], address, _stated(product, chance), behind, chance)


def _stated(product: Product, chance: random.Random) -> dict[str, str | None]:
    firmware, build = _firmware(product.maker, chance)
    return {
        "vendor": product.maker,
        "brand": product.brand,
        "kind": product.kind,
        "model": None if chance.random() < WITHOUT_MODEL else product.number,
        "firmware": firmware,
        "build": build,
    }


def _made(
    body: Device, address: str, stated: dict[str, str | None], behind: str | None, chance: random.Random
) -> Device:
    """The body at another address, as the product stated; `behind` is its number at the maker."""
    claims = tuple(claim for claim in body.claims if claim.attribute != "maker_model")
    device = replace(
        body,
        id=f"address-{address}",
        address=address,
        claims=claims + ((_claim(behind),) if behind else ()),
        confidence={name: round(chance.uniform(0.6, 0.95), 2) for name, value in stated.items() if value},
        middlebox=None,
    )
    return replace(device, **stated)  # type: ignore[arg-type]  # the names are those of texts


def _claim(number: str) -> Claim:
    return Claim(
        attribute="maker_model",
        value=number,
        confidence=0.8,
        rule="drawn",
        observation="",
        field="model",
        text=number,
        source="",
    )


def _firmware(maker: str | None, chance: random.Random) -> tuple[str | None, str | None]:
    """Version and build, in the maker's way of writing."""
    if chance.random() < WITHOUT_FIRMWARE:
        return None, None
    day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days))
    without = chance.random() < WITHOUT_BUILD
    if maker == "dahua":
        line = chance.choice(("2.400.0000", "2.622.0000000", "2.800.0000000", "2.820.0000000", "4.001.0000000"))
        return f"{line}.{chance.randrange(40)}.R", None if without else str(day)
    version = f"V{chance.randint(3, 5)}.{chance.randint(0, 8)}.{chance.randrange(0, 120, 5)}"
    return version, None if without else f"build {day:%y%m%d}"
