"""What was learned about the chances of leads such as one at hand."""

from __future__ import annotations

import uuid
from decimal import Decimal

from cadans.assignment.chances import Chances, band_of, chances_in
from cadans.assignment.queries import learned
from cadans.ground.asking import rows
from cadans.leads.lead import Lead

LINE = """
    SELECT product.line_id FROM leads_leadproduct part
    JOIN leads_product product ON product.id = part.product_id
    WHERE part.lead_id = %s AND product.line_id IS NOT NULL ORDER BY 1 LIMIT 1
"""


def chances_of(lead: Lead, pipeline: uuid.UUID, worth: Decimal | None) -> Chances | None:
    """The reps' chances to win such a lead; None when nothing was learned yet.

    `worth` is its value in the organisation's currency. What was learned is remembered; only
    when products tell leads apart, one query looks at those of this lead.
    """
    document = learned(pipeline)
    if not document:
        return None
    alike = document["alike"]
    traits = {
        "source": str(lead.source_id or ""),
        "territory": str(lead.territory_id or ""),
        "size": band_of(worth, document.get("bounds", ())),
    }
    if "product_line" in alike:
        found = rows(LINE, lead.id)
        traits["product_line"] = str(found[0][0]) if found else ""
    return chances_in(document, traits)
