"""What customers send, as plain values."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

MAX_BRIEF = 10_000
MAX_ANSWER = 2_000
MAX_MESSAGE = 10_000
MAX_QUANTITY = 100_000


@dataclass
class CustomerLine:
    """A service that a customer wants."""

    product: Any  # product.product
    quantity: float = 1.0
    # For one: as the customer saw it, and as orders have it, where it is not that of
    # the pricelist.
    shown_price: float = 0.0
    price_unit: float | None = None
    is_gated: bool = True
    answers: list = field(default_factory=list)  # (question, answer) pairs


@dataclass
class CustomerOrder:
    """What a customer filled in. `key` marks one form, so that it counts once."""

    lines: list = field(default_factory=list)
    brief: str = ""
    desired_start: date | None = None
    files: list = field(default_factory=list)  # (name, content) pairs
    pricelist: Any = None  # product.pricelist that the prices are of
    key: str | None = None
