"""The page inside a notebook."""

from __future__ import annotations

from html import escape


def frame(page: str, *, height: int = 680) -> str:
    """Return a page inside a sandboxed frame that needs no server and no other file.

    The frame may run the page's own scripts, save pictures and open links in a new tab, and nothing
    else; it shares no origin with the notebook. ``height`` is in pixels.
    """
    return (
        f'<iframe srcdoc="{escape(page, quote=True)}" width="100%" height="{height}" '
        'style="border: 1px solid #ccc" sandbox="allow-scripts allow-popups allow-downloads" '
        'title="Nutrigraph: the map of claims"></iframe>'
    )
