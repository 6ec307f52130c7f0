"""A browser without a network: Debian's Chromium, driven by Playwright. Skipped, with the reason, where one is missing.

Whatever a page asks for is refused and noted, and so is what it says on its console.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@dataclass
class View:
    """A page that is open, and what it did that it should not."""

    page: Any
    faults: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        """The text that is shown there."""
        return str(self.page.inner_text(selector))

    def until(self, condition: str, seconds: float = 10.0) -> None:
        """Waits for a condition in JavaScript. The page forbids the browser to wait for it by itself: that would be a
        script of others."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, condition
            self.page.wait_for_timeout(20)

    def column(self, number: int) -> list[str]:
        """The cells of the table that are shown, in one column."""
        cells = self.page.query_selector_all(f"#table tbody tr > :nth-child({number})")
        return [cell.inner_text() for cell in cells]


@contextmanager
def chromium(folder: Path) -> Iterator[Any]:
    """The browser, for as long as it is needed."""
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(_alone(folder)), args=["--disable-gpu", *(["--no-sandbox"] if _is_root() else [])]
        )
        yield browser
        browser.close()


def _is_root() -> bool:
    return os.geteuid() == 0


def _alone(folder: Path) -> Path:
    """A program that is Chromium in a network of its own, where that may be made: it hears by pipes alone."""
    script = folder / "chromium-alone"
    script.write_text(f'#!/bin/sh\nexec {"unshare -n " if _is_root() else ""}{CHROMIUM} "$@"\n')
    script.chmod(0o700)
    return script


@contextmanager
def opened(browser: Any, file: Path, anchor: str = "", **options: Any) -> Iterator[View]:
    """A file in a fresh, offline context. Fails where it asked for anything else or complained."""
    context = browser.new_context(**({"viewport": WIDE, "offline": True} | options))
    view = View(context.new_page())
    view.page.on("console", lambda said: view.faults.append(f"console {said.type}: {said.text}"))
    view.page.on("pageerror", lambda error: view.faults.append(f"error: {error}"))
    view.page.on("dialog", lambda dialog: (view.faults.append("a dialog"), dialog.dismiss()))
    own = file.as_uri()
    view.page.on("request", lambda r: None if r.url.split("#")[0] == own else view.faults.append(f"asks for {r.url}"))
    view.page.goto(own + anchor)
    yield view
    context.close()
    if view.faults:
        raise AssertionError("; ".join(view.faults))
