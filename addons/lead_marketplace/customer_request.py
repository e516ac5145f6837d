"""What a customer sends, as plain values that pages and models understand."""

from dataclasses import dataclass, field

MAX_DESCRIPTION = 5000
MAX_LINE = 120
MAX_REVIEW = 3000
MIN_REVIEW = 20
MODES = ("phone_email", "email_only")


@dataclass
class CustomerRequest:
    """The answers on the public form, checked and with the right types.

    :param str key: idempotency key of the form
    :param list files: (name, content) pairs of pictures, checked
    """

    description: str = ""
    for_whom: str = ""
    for_whom_not_stated: bool = False
    category_id: int = 0
    region_id: int = 0
    city: str = ""
    segment: str = ""
    budget: float = 0.0
    name: str = ""
    email: str = ""
    phone: str = ""
    contact_mode: str = "phone_email"
    consent: bool = False
    key: str | None = None
    files: list = field(default_factory=list)

    def prepare_request_vals(self):
        """Return what goes to the request, which workshops will read.

        :rtype: dict
        """
        return {
            "description": self.description,
            "for_whom": self.for_whom or False,
            "for_whom_not_stated": self.for_whom_not_stated,
            "category_id": self.category_id or False,
            "region_id": self.region_id or False,
            "city": self.city or False,
            "segment": self.segment or False,
            "budget": self.budget,
            "contact_mode": self.contact_mode,
        }

    def prepare_contact_vals(self):
        """Return what goes to the lead, which workshops never read.

        :rtype: dict
        """
        return {
            "contact_name": self.name,
            "email_from": self.email,
            "phone": self.phone,
            "market_contact_mode": self.contact_mode,
        }
