from datetime import timedelta

from odoo import Command, api, fields, models

# Deals of windows and doors: customer, subject, what becomes of them, variants. A
# variant is a list of (product, quantity).
SIMPLE = [[("window", 6)]]
THREE = [
    [("window", 8), ("door", 1)],
    [("window", 8), ("glazing", 8), ("door", 1)],
    [("wood", 8), ("glazing", 8), ("oak_door", 1), ("fitting", 1)],
]
STORIES = [
    ("Family house in Gdynia", "sent", THREE),
    ("Boarding house by the lake", "chosen", THREE),
    ("Two semi-detached houses", "accepted", THREE),
    ("Attic windows", "draft", SIMPLE),
    ("Front door of an office", "draft", [[("oak_door", 1), ("fitting", 1)]]),
    ("Winter garden", "sent", SIMPLE),
    ("School gym", "sent", [[("window", 24), ("fitting", 3)]]),
    ("Bakery shop window", "accepted", SIMPLE),
    ("Village hall", "accepted", [[("door", 4), ("fitting", 1)]]),
    ("Dental practice", "accepted", SIMPLE),
    ("Warehouse gate", "lost", [[("door", 6)]]),
    ("Listed town house", "lost", [[("wood", 14), ("fitting", 2)]]),
    ("Kindergarten", "lost", SIMPLE),
    ("Summer cottage", "suspended", SIMPLE),
    ("Hotel, second floor", "suspended", [[("window", 40)]]),
    ("Barn conversion", "new", []),
    ("Balcony doors", "new", []),
    ("Garage", "new", []),
    ("Roof windows of a studio", "new", []),
    ("Clinic, east wing", "new", []),
    ("Farm house", "won", []),
    ("Corner shop", "won", []),
    ("Library", "lost", []),
    ("Row of five houses", "suspended", []),
]
# Deals of insurance have no calculation: subject, what becomes of them, value, cost.
INSURANCE = [
    ("Fleet of eleven vans", "new", 8400, 6900),
    ("Household contents", "new", 640, 520),
    ("Liability of an architect", "new", 2300, 1750),
    ("Building site, one year", "new", 5100, 4200),
    ("Travel, group of forty", "new", 900, 760),
    ("Machines of a joinery", "won", 3700, 2900),
    ("Bicycle shop", "won", 1250, 1000),
    ("Café with terrace", "won", 1480, 1150),
    ("Photo equipment", "won", 430, 350),
    ("Apartment house", "lost", 6200, 5100),
    ("Riding school", "lost", 4100, 3300),
    ("Transport of pianos", "lost", 1900, 1600),
    ("Sailing boat", "suspended", 1100, 870),
    ("Vineyard, hail", "suspended", 7300, 6100),
    ("Event in the park", "new", 1600, 1300),
    ("Start-up, cyber risks", "new", 3900, 3100),
]
PITCHES = (
    "<p>All that is needed, at the lowest price.</p>",
    "<p>Warmer and quieter: pays for itself in about nine years.</p>",
    "<p>Wood and oak, for houses that are meant to be looked at.</p>",
)


class CrmOffer(models.Model):
    """The demo's deals, made by the steps that everybody takes."""

    _inherit = "crm.offer"

    @api.model
    def _create_demo_deals(self):
        """Create deals of two processes in every state. Nobody is mailed."""
        leads = self.env["crm.lead"].with_context(
            mail_auto_subscribe_no_notify=True, mail_notify_force_send=False
        )
        last_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id
        customers = self.env["res.partner"].search(
            [("is_company", "=", True), ("customer_rank", ">=", 0)], limit=12
        )
        # The first one has a login, by which the customer's side can be looked at.
        homeowner = self.env.ref("base.partner_demo_portal")
        for number, (name, end, variants) in enumerate(STORIES):
            customer = customers[number % len(customers)] if number else homeowner
            lead = leads._create_demo_deal("windows", name, customer, number)
            if variants is THREE:
                lead._add_demo_people()
            lead._calculate_demo_offer(variants, end)
            lead._end_demo_deal(end)
        for number, (name, end, revenue, cost) in enumerate(INSURANCE):
            customer = customers[(number * 5) % len(customers)]
            lead = leads._create_demo_deal("insurance", name, customer, number)
            lead.write({"expected_revenue": revenue, "expected_cost": cost})
            lead._end_demo_deal(end)
        self.env["mail.mail"].search([("id", ">", last_mail or 0)]).unlink()


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _create_demo_deal(self, process, name, customer, number):
        team = self._demo(f"crm_team_{process}_demo")
        stages = team.stage_ids.filtered(lambda stage: not stage.is_won)
        return self.create(
            {
                "name": name,
                "type": "opportunity",
                "team_id": team.id,
                "user_id": team.user_id.id,
                "partner_id": customer.id,
                "stage_id": stages[number % len(stages)].id,
                "date_deadline": fields.Date.today() + timedelta(days=7 + 3 * number),
            }
        )

    def _add_demo_people(self):
        """Note who decides and advises, and who competes (single record)."""
        self.ensure_one()
        self.stakeholder_ids = [
            Command.create(
                {
                    "partner_id": self.partner_id.id,
                    "role_id": self._demo("stakeholder_role_decision").id,
                    "attitude": "positive",
                }
            ),
            Command.create(
                {
                    "partner_id": self._demo("res_partner_architect_demo").id,
                    "role_id": self._demo("stakeholder_role_advisor").id,
                    "attitude": "champion",
                    "note": self.env._("Drew the house; likes wood."),
                }
            ),
        ]
        self.competitor_line_ids = [
            Command.create(
                {
                    "competitor_id": self._demo("crm_competitor_demo").id,
                    "amount": 4200,
                    "threat": "high",
                    "strengths": self.env._("Cheaper, and there within a week."),
                    "weaknesses": self.env._("No wood, no fitting."),
                }
            ),
            Command.create(
                {
                    "competitor_id": self._demo("crm_competitor_oak_demo").id,
                    "threat": "low",
                    "weaknesses": self.env._("Four months of waiting."),
                }
            ),
        ]

    @api.model
    def _demo(self, name):
        return self.env.ref(f"crm_offer_calculation.{name}")

    def _calculate_demo_offer(self, variants, end):
        """Make the offer of a deal, and do with it what leads to a state (single
        record)."""
        self.ensure_one()
        if not variants:
            return
        offer = self.env["crm.offer"].create(self._prepare_offer_vals())
        for number, lines in enumerate(variants):
            order = offer._add_variant()
            order.write(self._prepare_demo_variant_vals(lines, number, len(variants)))
        if end == "draft":
            return
        offer.with_context(mark_offer_as_sent=True).message_post(
            body=self.env._("Here is our offer."), message_type="comment"
        )
        offer.sent_on -= timedelta(days=1)
        customer = offer.partner_id
        offer._record_view(customer)
        wanted = offer.variant_ids.sorted("variant_label")[len(variants) // 2]
        if end in ("chosen", "accepted"):
            offer._customer_choose(wanted, customer)
        if end == "accepted":
            wanted.action_confirm()

    @api.model
    def _prepare_demo_variant_vals(self, lines, number, count):
        products = {
            key: self._demo(f"product_product_{key}_demo") for key, _quantity in lines
        }
        return {
            "variant_pitch": PITCHES[number] if count > 1 else False,
            "variant_probability": (20, 50, 20)[number] if count > 1 else 60,
            "delivery_terms": self.env._("Delivered and fitted"),
            "validity_date": fields.Date.today() + timedelta(days=30),
            "order_line": [
                Command.create(
                    {"product_id": products[key].id, "product_uom_qty": quantity}
                )
                for key, quantity in lines
            ],
        }

    def _end_demo_deal(self, end):
        """Do what ends a deal, or lets it rest (single record)."""
        self.ensure_one()
        if end == "won":
            self.action_set_won()
        elif end == "lost":
            self.offer_ids.action_withdraw()
            self._lose_to(self._demo("crm_competitor_demo"))
            reason = self.env.ref("crm.lost_reason_1", raise_if_not_found=False)
            self.action_set_lost(lost_reason_id=reason.id if reason else False)
        elif end == "suspended":
            self._suspend(
                fields.Date.today() + timedelta(days=45),
                self.env._("The building permit is late"),
            )
