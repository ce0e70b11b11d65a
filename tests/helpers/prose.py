"""Words written into the code that a reader would see: they belong into the text files."""

import ast
import re
from collections.abc import Iterator

HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"  # what an f-string fills in
TAG = re.compile(r"<[^<>]*(>|$)")  # HTML and SVG
MARK = re.compile(r":[a-z]+(-[a-z]+)?\[|:[a-z_]+(/[a-z_]+)?:")  # Streamlit's :gray[…], :material/download:
WORD = r"[^\W\d_]{2,}"
SENTENCE = re.compile(rf"{WORD} {WORD}|{HOLE} {WORD}|{WORD} {HOLE}")

# Calls of Streamlit whose first argument is read as it stands: there one word is too many.
SAYS = {
    "button", "caption", "download_button", "error", "expander", "header", "info", "link_button", "markdown", "metric",
    "popover", "segmented_control", "selectbox", "subheader", "success", "tabs", "title", "toggle", "warning",
    "write",
}  # fmt: skip
READ_ALOUD = {"alt", "help", "label", "placeholder"}  # and these, in any call
CLASSES = "class_"  # of an element: names that the styles know, read by nobody

# No prose: a command to copy.
ALLOWED = {"python -m analytics demo"}


def prose(source: str) -> list[tuple[int, str]]:
    """Line and words of what a module says by itself: two words in a row anywhere, one where Streamlit shows it.

    Apart from docstrings, errors raised (they speak to programmers; readers get a UserError's key), patterns, classes
    of elements.
    """
    tree = ast.parse(source)
    apart = {id(node) for root in _unread(tree) for node in ast.walk(root)}
    on_page = {id(node) for node in _shown_by_streamlit(tree)}
    said_by_code = []
    for node in _strings(tree):
        words = MARK.sub(" ", TAG.sub(" ", _literal(node)))
        pattern = WORD if id(node) in on_page else SENTENCE
        if id(node) not in apart and _literal(node) not in ALLOWED and re.search(pattern, words):
            said_by_code.append((node.lineno, _literal(node).replace(HOLE, "{}")))
    return said_by_code


def _strings(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Every string, an f-string as a whole."""
    pieces = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces
        ):
            yield node


def _literal(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)


def _unread(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, errors, patterns and classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.Raise | ast.Assert):
            yield node
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            yield from node.args[:1]
        elif isinstance(node, ast.keyword) and node.arg == CLASSES:
            yield node.value


def _shown_by_streamlit(tree: ast.AST) -> Iterator[ast.AST]:
    """What Streamlit puts on the page as it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in SAYS:
                yield from node.args[:1]
            yield from (word.value for word in node.keywords if word.arg in READ_ALOUD)
