import uuid
from datetime import timedelta

from odoo import api, fields, models

from ..customer_order import CustomerLine, CustomerOrder

# Service, brief, sent how many days ago, what became of it.
STORIES = [
    ("logo", "A logo for a bakery: a loaf, drawn by hand.", 0.2, "submitted"),
    ("packaging", "A label for three kinds of honey.", 0.8, "submitted"),
    ("website", "Eight pages for a kindergarten.", 2, "info_asked"),
    ("poster", "Summer concert, 12 July, in the park.", 3, "offered"),
    ("logo", "A new look for our choir.", 20, "accepted"),
    ("website", "A shop for used bicycles.", 30, "accepted"),
    ("packaging", "A box for a board game.", 35, "refused"),
    ("logo", "Something modern, as soon as possible.", 45, "withdrawn"),
    ("poster", "Flea market in autumn.", 60, "expired"),
]
QUESTION = "Do you have photos already, or shall we take some?"


class OrderRequest(models.Model):
    """The demo's requests, made by the steps that everybody takes."""

    _inherit = "order.request"

    @api.model
    def _create_demo_requests(self):
        """Create requests in every state. Nobody is mailed: what was queued meanwhile
        is thrown away."""
        last_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id
        customers = self.env.ref("base.partner_demo_portal") + self.env.ref(
            "base.res_partner_12"
        )
        for number, (service, brief, days, end) in enumerate(STORIES):
            customer = customers[number % len(customers)]
            request = self._send_demo_request(service, brief, customer)
            request._take_demo_steps(end)
            request._move_demo_back(timedelta(days=days))
        self.env["mail.mail"].search([("id", ">", last_mail or 0)]).unlink()

    @api.model
    def _send_demo_request(self, service, brief, customer):
        template = self.env.ref(f"order_request.product_template_{service}_demo")
        sent = CustomerOrder(
            lines=[
                CustomerLine(
                    product=template.product_variant_id,
                    shown_price=template.list_price,
                    answers=[
                        (question.name, brief)
                        for question in template.order_request_question_ids[:1]
                    ],
                )
            ],
            brief=brief,
            desired_start=fields.Date.add(fields.Date.today(), days=len(brief) % 20),
            key=str(uuid.uuid4()),
        )
        company = self.env.ref("base.main_company")
        return self._submit_from_customer(
            sent, customer, company, "first_time", "portal"
        )

    def _take_demo_steps(self, end):
        """Do what leads to a state, as the seller or the customer (single record)."""
        self = self.with_user(self.user_id)
        if end == "info_asked":
            self._ask(QUESTION)
        elif end in ("offered", "accepted"):
            line = self.line_ids
            order = self._offer(
                [{"product_id": line.product_id.id, "price_unit": line.shown_price}],
                fields.Datetime.add(fields.Datetime.now(), days=14),
                "The price includes two rounds of changes.",
            )
            if end == "accepted":
                order.action_confirm()
        elif end == "refused":
            reason = self.env.ref("order_request.order_request_reason_busy")
            self._refuse(reason, reason.message)
        request_sudo = self.sudo()  # sudo: what customers and the clock do
        if end == "withdrawn":
            request_sudo._customer_withdraw(self.partner_id)
        elif end == "expired":
            request_sudo._close("expired")

    def _move_demo_back(self, span):
        """Let it all have happened some time ago (single record)."""
        names = ("submitted_on", "response_due", "first_response_on", "closed_on")
        self._advance({name: self[name] - span for name in names if self[name]})
        if self.first_response_on:
            hours = 2 + self.id % 7
            self._advance(
                {
                    "first_response_on": self.submitted_on + timedelta(hours=hours),
                    "response_hours": hours,
                }
            )
        elif self.state == "expired":
            self._advance({"response_state": "missed"})
