"""The page inside a notebook."""

from __future__ import annotations

from html import escape


def frame(
    page: str,
    *,
    height: int = 680,
    instead: str = "",
    title: str = "Nutrigraph: the map of claims",
) -> str:
    """Return a page inside a sandboxed frame that needs no server and no other file.

    The frame may run the page's own scripts, save pictures and open links in a new tab, and nothing
    else; it shares no origin with the notebook. ``height`` is in pixels, ``title`` what the frame
    is called. ``instead`` is HTML that shows where the host takes the frame away.
    """
    inner = (
        f'<iframe srcdoc="{escape(page, quote=True)}" width="100%" height="{height}" '
        'style="border: 1px solid #ccc" sandbox="allow-scripts allow-popups allow-downloads" '
        f'title="{escape(title, quote=True)}"></iframe>'
    )
    if not instead:
        return inner
    # A host that takes the frame away takes the rule that hides the rest with it, or leaves one
    # that no longer fits.
    style = "<style>.nutrigraph-frame > iframe + .nutrigraph-instead { display: none }</style>"
    return (
        f'{style}<div class="nutrigraph-frame">{inner}'
        f'<div class="nutrigraph-instead">{instead}</div></div>'
    )
