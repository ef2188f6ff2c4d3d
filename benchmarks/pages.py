"""How the page opens, pans and reads beside a plain pyvis page of the same graph.

    python benchmarks/pages.py            measure, print, write the section `pages` of RESULTS.md
    python benchmarks/pages.py --pictures  only take the screenshots, into build/pictures

It needs Chromium, like the tests of the page, and `playwright`.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import sync_playwright
from results import machine, table, write_section

import nutrigraph
from nutrigraph import records, view
from nutrigraph.build import build
from nutrigraph.terms import ontology_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURES: Final = Path(__file__).resolve().parents[1] / "build" / "pictures"
SIZE: Final = {"width": 1400, "height": 900}
PATIENCE: Final = 60_000  # milliseconds that a layout may take
LARGE: Final = (5_000, 50_000)
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--enable-precise-memory-info")
# Forty pans of a dozen frames each, and the names that can be read: of at least 11 pixels, whole
# on the screen, and no part of one under another.
PANS: Final = """async () => { const rates = [];
  for (let pan = 0; pan < 40; pan += 1) { const start = performance.now();
    for (let frame = 0; frame < 12; frame += 1) {
      const at = network.getViewPosition(); const scale = network.getScale();
      network.moveTo({ position: { x: at.x + (pan % 2 ? 12 : -12) / scale, y: at.y }, scale });
      await new Promise((done) => requestAnimationFrame(done)); }
    rates.push(12000 / (performance.now() - start)); }
  return rates; }"""
LEGIBLE: Final = """(below) => { const scale = network.getScale();
  const canvas = document.querySelector("canvas");
  const ctx = document.createElement("canvas").getContext("2d");
  const names = network.body.nodeIndices.map((id) => network.body.nodes[id]);
  const boxes = names.map((node) => {
    const spot = network.canvasToDOM(network.getPosition(node.id));
    const size = below ? 14 : 13.5; ctx.font = `${size}px sans-serif`;
    const lines = String(node.options.label).split("\\n");
    const w = Math.max(...lines.map((line) => ctx.measureText(line).width)) * scale / 2;
    const h = lines.length * size * scale / 2; const y = spot.y + (below ? 20 * scale : 0);
    return { x: spot.x, y, w, h, size: size * scale }; });
  return boxes.filter((one) => one.size >= 11
    && one.x - one.w >= 0 && one.x + one.w <= canvas.clientWidth
    && one.y - one.h >= 0 && one.y + one.h <= canvas.clientHeight
    && !boxes.some((two) => two !== one && Math.abs(one.x - two.x) < one.w + two.w
      && Math.abs(one.y - two.y) < one.h + two.h)).length; }"""
HEAP: Final = "() => performance.memory.usedJSHeapSize / 1e6"
OPENED: Final = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"
TEXT: Final = """## The page

`python benchmarks/pages.py`. {machine}, Chromium {chromium} without a GPU, 1400 x 900.

The graph of document and findings, as our page and as a plain pyvis page, with the physics that
pyvis turns on. Requests are those for anything but the file itself; here none is answered. Frames
are the median of 40 pans. A name is legible at 11 pixels or more, whole on the screen and over no
other. A layout that is not done after {patience} s is given up.

{table}

The larger graphs are this one over and over; the page says what it leaves out of them.
"""


def plain(page: view.Page, path: Path) -> None:
    """Write the page that pyvis makes by itself of the same entities and propositions."""
    from pyvis.network import Network

    network = Network(directed=True, height="850px", cdn_resources="in_line")
    for entity in page["entities"]:
        network.add_node(entity["id"], label=entity["label"])
    for row in page["propositions"]:
        network.add_edge(row["subject"], row["object"], title=row["label"])
    path.write_text(network.generate_html(notebook=False), encoding="utf-8")


def many(page: view.Page, count: int) -> view.Page:
    """Return a page of ``count`` propositions, made of a real one over and over."""
    rows, claims, entities = page["propositions"], page["claims"], page["entities"]
    found: dict[str, list[Any]] = {"propositions": [], "claims": [], "entities": []}
    for turn in range(1 + count // len(rows)):
        name = f"~{turn}"
        found["entities"] += [{**one, "id": one["id"] + name} for one in entities]
        found["claims"] += [{**one, "id": one["id"] + name} for one in claims]
        found["propositions"] += [
            {
                **row,
                "id": row["id"] + name,
                "subject": row["subject"] + name,
                "object": row["object"] + name,
                "claims": [claim + name for claim in row["claims"]],
            }
            for row in rows
        ]
    found["propositions"] = found["propositions"][:count]
    return {**page, **found, "links": []}  # type: ignore[typeddict-item]


def measure(browser: Browser, path: Path, *, ours: bool) -> tuple[object, ...]:
    """Return until when it opens and is laid out, frames a second, legible names, heap, size."""
    tab = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.route("http*://**", lambda route: route.abort())
    tab.goto(path.as_uri())
    opened = tab.evaluate(OPENED)
    done = opened
    if not ours:
        waited = tab.evaluate(
            """(most) => new Promise((done) => { network.once("stabilizationIterationsDone",
            () => done(performance.now())); setTimeout(() => done(null), most); })""",
            PATIENCE,
        )
        done = waited
    rates = tab.evaluate(PANS)
    row = (
        f"{opened / 1000:.1f} s",
        f"{done / 1000:.1f} s" if done else f"over {PATIENCE // 1000} s",
        f"{median(rates):.0f}",
        tab.evaluate(LEGIBLE, not ours),
        sum(url.startswith("http") for url in asked),
        f"{tab.evaluate(HEAP):.0f} MB",
        f"{path.stat().st_size / 1e6:.1f} MB",
    )
    tab.context.close()
    return row


SHOTS: Final = {
    "map": ("whole", "", {}),
    "topics": ("whole", "#m=whole", {}),
    "around": ("whole", "#near=https://w3id.org/nutrigraph/magnesium", {}),
    "evidence": ("whole", "#p=magnesium/lowLevelAssociatedWith/miscarriage", {}),
    "contested": ("whole", "#p=magnesium/supplementationReduces/premature-delivery", {}),
    "claims": ("whole", "#v=claims", {}),
    "sources": ("whole", "#v=sources", {}),
    "pathways": ("question", "", {}),
    "path": ("question", "#r=2", {}),
    "dark": ("whole", "", {"color_scheme": "dark"}),
    "pathways-dark": ("question", "#r=2", {"color_scheme": "dark"}),
    "phone": ("whole", "", {"viewport": {"width": 400, "height": 850}}),
    "pathways-phone": ("question", "", {"viewport": {"width": 400, "height": 850}}),
}


def take(browser: Browser, pages: dict[str, Path]) -> None:
    """Write the screenshots to `PICTURES`."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, (page, address, context) in SHOTS.items():
        tab = browser.new_context(**{"viewport": SIZE, **context}).new_page()  # type: ignore[arg-type]
        tab.goto(pages[page].as_uri() + address)
        tab.screenshot(path=PICTURES / f"{name}.png")
        tab.context.close()
        print(PICTURES / f"{name}.png")


def main() -> None:
    """Measure, print and write, or take the screenshots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", action="store_true")
    only = parser.parse_args().pictures
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        build(ontology_folder(), folder / "store")
        kg = nutrigraph.open(folder / "store")
        found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        pages = {"whole": folder / "whole.html", "question": folder / "question.html"}
        pages["whole"].write_text(kg.view(), encoding="utf-8")
        pages["question"].write_text(kg.view("magnesium", "miscarriage"), encoding="utf-8")
        if only:
            take(browser, pages)
            return
        page = records.page(kg.content, kg.build)
        plain(page, folder / "plain.html")
        rows: list[tuple[object, ...]] = [
            ("**ours**", *measure(browser, pages["whole"], ours=True)),
            ("plain pyvis", *measure(browser, folder / "plain.html", ours=False)),
        ]
        for count in LARGE:
            path = folder / f"{count}.html"
            path.write_text(view.render(many(page, count)), encoding="utf-8")
            rows.append((f"ours, {count:,} propositions", *measure(browser, path, ours=True)))
        head = (
            "page",
            "opens",
            "laid out",
            "frames/s",
            "legible names",
            "requests",
            "heap",
            "file",
        )
        text = TEXT.format(
            machine=machine("pyvis").rstrip("."),
            chromium=browser.version,
            patience=PATIENCE // 1000,
            table=table(head, rows),
        )
        print(text)
        write_section("pages", text)


if __name__ == "__main__":
    main()
