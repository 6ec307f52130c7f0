"""One element of SVG. Whatever is text in it is made printable and escaped here."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from camscan.report.printable import printable


def element(name: str, /, *children: Markup | str, **attributes: object) -> Markup:
    """The element; an attribute `stroke_width` is `stroke-width`, and `class_` is `class`."""
    told = "".join(f' {_name(key)}="{escape(_number(value))}"' for key, value in attributes.items())
    inner = Markup("").join(child if isinstance(child, Markup) else escape(printable(child)) for child in children)
    return Markup(f"<{name}{told}>{inner}</{name}>")  # noqa: S704  # names are our own, all else is escaped


def drawing(identity: str, title: str, text: str, width: float, height: float, children: Iterable[Markup]) -> Markup:
    """The whole plot, `width` by `height` units; `identity` is unique on the page."""
    return element(
        "svg",
        element("title", title, id=f"{identity}-t"),
        element("desc", text, id=f"{identity}-d"),
        *children,
        class_="plot",
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        role="img",
        aria_labelledby=f"{identity}-t {identity}-d",
    )


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")  # camel case stays: viewBox, patternUnits


def _number(value: object) -> object:
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
