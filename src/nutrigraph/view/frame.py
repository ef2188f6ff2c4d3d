"""The page inside a notebook."""

from __future__ import annotations

from html import escape

# No `allow-same-origin`: scripts of the page reach nothing of the notebook. A link opens in a tab
# that is as free as any other: publishers' pages do not work in a sandbox.
ALLOWED = "allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox"


def frame(
    page: str,
    *,
    height: int = 680,
    instead: str = "",
    title: str = "Nutrigraph: the map of claims",
) -> str:
    """Return a page inside a sandboxed frame that needs no server and no other file.

    The frame may run the page's own scripts, save and copy what the reader asks for and open links
    in a new tab, and nothing else; it shares no origin with the notebook. ``height`` is in pixels,
    ``title`` what the frame is called. ``instead`` is HTML that shows where the host takes the
    frame away.
    """
    inner = (
        f'<iframe srcdoc="{escape(page, quote=True)}" width="100%" height="{height}" '
        f'style="border: 1px solid rgb(128 128 128 / 40%)" sandbox="{ALLOWED}" '
        f'allow="clipboard-write *" title="{escape(title, quote=True)}"></iframe>'
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
