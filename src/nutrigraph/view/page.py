"""From a payload to the bytes of the page."""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from nutrigraph.view.network import Drawing, draw
from nutrigraph.view.payload import Claim, Page

__all__ = ["render"]

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
STYLES = ("page.css", "page_parts.css")
SCRIPTS = (
    "walk_figures.js",
    "walk_grade.js",
    "walk_continuity.js",
    "walk_network.js",
    "walk_search.js",
    "walk_judge.js",
    "walk_paths.js",
    "page_data.js",
    "page_shapes.js",
    "page_filters.js",
    "page_state.js",
    "page_search.js",
    "page_layers.js",
    "page_map.js",
    "page_picture.js",
    "page_pathways.js",
    "page_routes.js",
    "page_claim.js",
    "page_panel.js",
    "page_claims.js",
    "page_sources.js",
    "page_exports.js",
    "page.js",
)


def render(page: Page, *, query: str | None = None, drawing: Drawing | None = None) -> str:
    """The whole page as one HTML text; the same payload gives the same text.

    ``query`` is where the server that the page comes from is asked with SPARQL, if there is one;
    ``drawing`` is that of the page, where it was made already.

    Raises ``ValueError`` when a proposition or link names an entity that the payload lacks, or
    when a number is not finite.
    """
    import jinja2

    drawing = drawing or draw(page)
    page, nodes, edges, start = drawing.page, drawing.nodes, drawing.edges, drawing.start
    claims = [_told(claim) for claim in page["claims"]]
    data = {"paths": [], **page, "claims": claims, "nodes": nodes, "edges": edges, "start": start}
    vis, style = vis_network(), "".join(map(_read, STYLES))
    script = "".join(map(_read, SCRIPTS))
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(_read("page.html")).render(
        title=page["title"],
        query=query,
        build=page["build"],
        caution=page["caution"],
        policy=_policy(scripts=[vis, script], style=style),
        style=style,
        vis=vis,
        script=script,
        data=_json(data),
    )


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def vis_network() -> str:
    """The copy of vis-network that pyvis carries, without its pointer to a source map."""
    import pyvis

    [*_, newest] = sorted(Path(pyvis.__file__).parent.glob("lib/vis-*/vis-network.min.js"))
    return newest.read_text(encoding="utf-8").partition("//# sourceMappingURL")[0]


def _policy(*, scripts: list[str], style: str) -> str:
    def hashed(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    allowed = " ".join(map(hashed, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {hashed(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _told(claim: Claim) -> Claim:
    """The claim without the fields of its evidence that nothing is known of: most of them."""
    evidence = {name: told for name, told in claim["evidence"].items() if told is not None}
    return {**claim, "evidence": evidence}


def _json(data: object) -> str:
    """JSON that no HTML parser can leave: ASCII, with every markup character escaped."""
    text = json.dumps(data, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return text.translate({ord(c): f"\\u{ord(c):04x}" for c in "<>&"})
