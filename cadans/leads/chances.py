"""What was learned about the chances of leads such as one at hand."""

from __future__ import annotations

import uuid

from cadans.assignment.chances import Chances, chances_in, size_of
from cadans.assignment.queries import learned
from cadans.ground.asking import pointed, rows
from cadans.leads.lead import Lead

LINE = """
    SELECT product.line_id FROM leads_leadproduct part
    JOIN leads_product product ON product.id = part.product_id
    WHERE part.lead_id = %s AND product.line_id IS NOT NULL ORDER BY 1 LIMIT 1
"""


def chances_of(lead: Lead, pipeline: uuid.UUID) -> Chances | None:
    """The reps' chances to win such a lead; None when nothing was learned yet.

    What was learned is remembered; only when its company's size or its products tell leads
    apart, one query looks at those.
    """
    document = learned(pipeline)
    if not document:
        return None
    alike = document["alike"]
    traits = {
        "source": str(lead.source_id or ""),
        "territory": str(lead.territory_id or ""),
    }
    if "size" in alike and (company := pointed(lead, "company")):
        traits["size"] = size_of(company.employees)
    if "product_line" in alike:
        found = rows(LINE, lead.id)
        traits["product_line"] = str(found[0][0]) if found else ""
    return chances_in(document, traits)
