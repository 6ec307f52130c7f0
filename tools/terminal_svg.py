"""What a command wrote to a terminal, as a picture in SVG that loads nothing and is read at half its size."""

import io
from html import escape

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

THEME = TerminalTheme(
    (20, 23, 27), (226, 230, 235),
    [(20, 23, 27), (255, 122, 112), (126, 211, 140), (240, 196, 92), (122, 182, 255), (214, 160, 255), (110, 214, 222),
     (226, 230, 235)],
    [(138, 148, 160), (255, 150, 140), (150, 226, 164), (250, 214, 130), (150, 200, 255), (226, 184, 255),
     (140, 228, 234), (255, 255, 255)],
)  # fmt: skip
_FONT = "ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_FRAME = f"""\
<svg class="rich-terminal" viewBox="0 0 {{width}} {{height}}" xmlns="http://www.w3.org/2000/svg" role="img">
<style>
.{{unique_id}}-matrix {{{{ font-family: {_FONT}; font-size: {{char_height}}px; line-height: {{line_height}}px; }}}}
{{styles}}
</style>
<defs><clipPath id="{{unique_id}}-clip-terminal">
<rect x="0" y="0" width="{{terminal_width}}" height="{{terminal_height}}"/></clipPath>
{{lines}}</defs>
<rect fill="#14171b" width="100%" height="100%" rx="8"/>
<g transform="translate({{terminal_x}}, 12)" clip-path="url(#{{unique_id}}-clip-terminal)">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</g>
</svg>
"""


def as_svg(written: str, title: str, columns: int) -> str:
    """The text with its escape sequences as SVG. The same text gives the same bytes."""
    console = Console(
        record=True,
        width=columns,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    for line in written.splitlines():
        console.print(Text.from_ansi(line), no_wrap=True, crop=True, highlight=False, soft_wrap=False)
    picture = console.export_svg(theme=THEME, code_format=_FRAME, unique_id="t")
    return picture.replace("<style>", f"<title>{escape(title)}</title>\n<style>", 1)
