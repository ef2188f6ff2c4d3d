"""What a check finds, and what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nutrigraph.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which check, of what, and what to do."""

    check: str
    thing: str
    message: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"[{self.check}] {self.thing}: {self.message}"


def shown(text: str) -> str:
    """Return a text as a finding shows it: quoted, and cut."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def read_text(file: Path) -> str:
    """Return a file of text as it is, with no character changed.

    Raises:
        InputError: it cannot be read, or is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(str(file), f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(
            str(file),
            f"is not UTF-8 (byte {error.object[error.start]:#04x} at {error.start}): "
            "save it as UTF-8",
        ) from error
