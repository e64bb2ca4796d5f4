"""What a dossier freezes of the papers and fees, by the facts of its request. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.catalog.fees.quote import Facts, applies, cases_of, exemptions_of, named, quote

_KEPT = ("code", "name", "kind", "due_at", "refundable")


def frozen(content: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """`papers`: those of the case; while the case is not said, all of them. `fees`: the lines that apply or
    may, computed; `amount` is null of one that is not known, or that depends on a fact that is not said.
    `facts_missing`: what has to be said first. Raises FactsUnknown."""
    quoted, cases = quote(content, facts), cases_of(content)
    papers = {paper["code"]: applies(facts.case, paper.get("cases"), cases) for paper in content["papers"]}
    missing = quoted.missing
    if None in papers.values() and "case" not in missing:
        missing = ["case", *missing]
    return {
        "cases": named(cases),
        "exemptions": named(exemptions_of(content)),
        "facts_missing": missing,
        "papers": [paper for paper in content["papers"] if papers[paper["code"]] is not False],
        "fees": [
            {
                **{name: line.fee[name] for name in _KEPT},
                "amount": line.amount,
                "explanation": line.explanation,
            }
            for line in quoted.lines
            if line.status != "not-applicable"
        ],
    }
