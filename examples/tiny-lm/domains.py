"""Four domains of text for mixtures, all from the Python standard library of the interpreter.

- code: the library's own source files without their comments and docstrings
- prose: those comments and docstrings, and the topics of `pydoc`
- tests: the source files of the test suites, as they are
- tables: character tables of `encodings`, arithmetic test tables, HTML entities

No byte of one domain is in another. As in `corpus.py`, tokens are bytes and whole files are held
out by the hash of their name; a topic of `pydoc` counts as a file.
"""

import ast
import html.entities
import io
import pathlib
import sysconfig
import tokenize

import pydoc_data.topics

import corpus

NAMES = ("code", "prose", "tests", "tables")
TEST_FOLDERS = {"test", "tests", "idle_test"}
FOREIGN_FOLDERS = {"site-packages", "dist-packages", "__pycache__"}


def windows(length):
    """{domain: (training, held-out)}: rows of `length` + 1 bytes, as `corpus.windows` makes them."""
    parts = {name: ([], []) for name in NAMES}
    for domain, name, text in texts():
        parts[domain][corpus.is_held_out(name)].append(text)
    return {
        name: tuple(corpus._rows(b"\n".join(texts), length) for texts in split)
        for name, split in parts.items()
    }


def texts():
    """(domain, name of the file, bytes), in the same order on every machine."""
    for name, source in corpus.files():
        code, prose = separate(source)
        yield "code", name, code
        yield "prose", name, prose
    for topic, text in sorted(pydoc_data.topics.topics.items()):
        yield "prose", f"pydoc_data/{topic}", text.encode()
    root = pathlib.Path(sysconfig.get_path("stdlib"))
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        folders = set(inside.parts[:-1])
        if folders & FOREIGN_FOLDERS:
            continue
        if path.suffix == ".py" and folders & TEST_FOLDERS:
            yield "tests", inside.as_posix(), path.read_bytes()
        if path.suffix == ".decTest" or (path.suffix == ".py" and "encodings" in folders):
            yield "tables", inside.as_posix(), path.read_bytes()
    entities = sorted(html.entities.html5.items())
    lines = [f"{name} {' '.join(hex(ord(c)) for c in text)}" for name, text in entities]
    yield "tables", "html/entities.py", "\n".join(lines).encode()


def separate(source):
    """(code, prose) of one source file. A file that does not parse is code alone."""
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(source).readline))
        tree = ast.parse(source)
    except (SyntaxError, tokenize.TokenError, ValueError):
        return source, b""
    documented = docstrings(tree)
    prose = [
        (token.start[0], token.string.lstrip("#").strip())
        for token in tokens
        if token.type == tokenize.COMMENT
    ]
    prose += [(first, text) for first, _, text in documented]
    removed = {line for first, last, _ in documented for line in range(first, last + 1)}
    comments = {token.start[0]: token.start[1] for token in tokens if token.type == tokenize.COMMENT}
    code = []
    for number, line in enumerate(source.decode("utf-8", "replace").splitlines(), 1):
        if number in removed:
            continue
        kept = line[: comments.get(number, len(line))].rstrip()
        if kept or number not in comments:
            code.append(kept)
    lines = [text for _, text in sorted(prose) if text]
    return "\n".join(code).encode(), "\n".join(lines).encode()


def docstrings(tree):
    """(first line, last line, text) of every docstring that stands on lines of its own."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, kinds) or not ast.get_docstring(node):
            continue
        first = node.body[0]
        if not isinstance(node, ast.Module) and first.lineno == node.lineno:
            continue
        found.append((first.lineno, first.end_lineno, ast.get_docstring(node)))
    return found
