"""Text for the tiny language model: the source files of the Python standard library.

Tokens are bytes. A file belongs to the held-out set when the SHA-256 of its path says so, so that
the split is the same on every machine and no file is in both sets.
"""

import hashlib
import pathlib
import sysconfig

import numpy as np

SKIPPED_FOLDERS = {
    "site-packages", "dist-packages", "__pycache__", "test", "tests", "idle_test",
    "encodings", "pydoc_data", "config-3",
}


def files():
    """Paths below the standard library, sorted, tables and test suites left out."""
    root = pathlib.Path(sysconfig.get_path("stdlib"))
    for path in sorted(root.rglob("*.py")):
        inside = path.relative_to(root)
        if not SKIPPED_FOLDERS & set(inside.parts[:-1]):
            yield inside.as_posix(), path.read_bytes()


def is_held_out(name):
    return hashlib.sha256(name.encode()).digest()[0] < 26  # about one file in ten


def windows(length):
    """(training, held-out): two arrays of bytes, one row of `length` + 1 bytes a window.

    Each row's last byte is the next row's first, so that every byte is predicted once.
    """
    parts = {False: [], True: []}
    for name, text in files():
        parts[is_held_out(name)].append(text)
    return tuple(_rows(b"\n".join(parts[held_out]), length) for held_out in (False, True))


def _rows(text, length):
    tokens = np.frombuffer(text, np.uint8)
    count = (len(tokens) - 1) // length
    starts = np.arange(count)[:, None] * length
    return tokens[starts + np.arange(length + 1)]
