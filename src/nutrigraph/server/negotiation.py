"""Which form of an answer a client would like best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mimeparse

if TYPE_CHECKING:
    from collections.abc import Sequence


def negotiate(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the media type of ``offers`` that a client accepts most, or None.

    ``offers`` go from the one we like best to the one we like least; without an ``Accept`` header
    the first is taken.

    >>> negotiate("text/csv;q=0.5, application/*", ["text/csv", "application/json"])
    'application/json'
    >>> negotiate("text/html, */*;q=0", ["text/csv"])
    """
    if not accept or not accept.strip():
        return offers[0]
    try:
        # Media types know no case. Of equals mimeparse takes the last.
        return mimeparse.best_match(list(reversed(offers)), accept.lower()) or None
    except mimeparse.MimeTypeParseException:
        return None
