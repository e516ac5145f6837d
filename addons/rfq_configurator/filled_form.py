from dataclasses import dataclass

from odoo.models import BaseModel


@dataclass(frozen=True)
class FilledForm:
    """What a visitor filled in on the page of a design, to be sent or saved."""

    design: BaseModel  # `rfq.design` as `_get_for_visitor` returned it
    access: BaseModel  # `rfq.design.access` as well, may be empty
    version_sha: str  # of the version that the visitor saw
    inputs: dict  # values or texts by code
    quantity: int | float | str
    idempotency_key: str  # a UUID that names the filled-in form, may be empty
    message: str = ""
    requested_date: str = ""  # like 2026-03-31
    target_price: float | str = ""
