"""The English texts that a page of several languages is made of, as templates and modules write them."""

import ast
import inspect
from collections.abc import Iterator

from jinja2.ext import extract_from_ast

from camscan.report.html import page, pictures, words

MARKS = ("_", "n_")


def texts() -> set[str]:
    """All of them."""
    return {*_of_templates(), *_of_module(), *(text for table in words.ALL.values() for text in table.values())}


def _of_templates() -> Iterator[str]:
    environment = page._environment()
    assert environment.loader is not None
    for name in environment.list_templates(filter_func=lambda name: name.endswith(".html")):
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
        for _, _, found in extract_from_ast(tree, MARKS, babel_style=False):
            yield from (text for text in (found if isinstance(found, tuple) else (found,)) if text)


def _of_module() -> Iterator[str]:
    """The calls of `self._` with a text."""
    for node in ast.walk(ast.parse(inspect.getsource(pictures))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "_":
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
