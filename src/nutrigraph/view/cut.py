"""What a page leaves out, so that a graph of any size opens at once."""

from nutrigraph.view.payload import Page

__all__ = ["KEEP", "cut"]

KEEP = 3000  # propositions: more than that, with their claims, are no page but a database


def cut(page: Page, keep: int = KEEP) -> Page:
    """The page with its ``keep`` best supported propositions, and a sentence on what it lacks.

    What lies on the paths of a question stays. A page that is small enough comes back as it is.
    """
    rows = page["propositions"]
    if len(rows) <= keep:
        return page
    walked = {
        claim for path in page.get("paths", []) for hop in path["hops"] for claim in hop["claims"]
    }
    ranked = sorted(
        rows,
        key=lambda row: (
            walked.isdisjoint(row["claims"]),
            -max(row["support"], row["dispute"]),
            -len(row["claims"]),
            row["id"],
        ),
    )
    kept = {row["id"] for row in ranked[:keep]}
    propositions = [row for row in rows if row["id"] in kept]
    claims = {claim for row in propositions for claim in row["claims"]}
    names = {end for row in propositions for end in (row["subject"], row["object"])}
    names |= {
        hop[end]["id"]
        for path in page.get("paths", [])
        for hop in path["hops"]
        for end in ("subject", "object")
    }
    return {
        **page,
        "propositions": propositions,
        "claims": [claim for claim in page["claims"] if claim["id"] in claims],
        "entities": [entity for entity in page["entities"] if entity["id"] in names],
        "links": [link for link in page["links"] if names >= {link["subject"], link["object"]}],
        # Its lists go by the places of all claims.
        "walk": None,
        "left_out": (
            f"This page holds the {keep:,} best supported of {len(rows):,} propositions, on "
            f"{len(names):,} of {len(page['entities']):,} topics. For others make the page of a "
            "question: nutrigraph view SOURCE TARGET."
        ),
    }
