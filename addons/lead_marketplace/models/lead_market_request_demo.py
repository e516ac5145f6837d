from datetime import timedelta

from odoo import api, fields, models

from ..customer_request import CustomerRequest
from ..demo_requests import REQUESTS

CLOSED = ("fulfilled", "withdrawn", "expired", "duplicate", "refused")
STANDINGS = (
    ("marble", "warned", "Declared an order eleven days late."),
    ("cut", "restricted", "Sent the same advertisement to every customer."),
)
LETTER = (
    "Dear customer,\n\nthank you for your request. We suggest what you described, with "
    "foundation and setting included, in two variants: polished all over, or with "
    "rough edges and a tenth cheaper. Both can be ready within ten weeks.\n\n"
    "Kind regards"
)
TALK = "Talked on the phone: would like to see two samples, decides within two weeks."


class LeadMarketRequest(models.Model):
    """The story of the demo data, told by the methods that everybody uses."""

    _inherit = "lead.market.request"

    @api.model
    def _demo_fill(self):
        """Create the requests of the demo, with all that became of them.

        Nobody is mailed: what was queued meanwhile is thrown away.
        """
        last_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id
        first = self.browse()
        for number, story in enumerate(REQUESTS):
            request = self._demo_create(number, story)
            first = first or request
            if story["state"] == "duplicate":
                request.duplicate_of_id = first
            self._demo_tell(request, story)
        self._demo_prepare_workshops()
        self._demo_ask()
        self._demo_bill()
        self.env["lead.market.order"].search([("is_late", "=", True)])._draft_late()
        workshops = self.env["lead.market.workshop"].search([])
        workshops._update_figures()
        # Now the mean of all is known, by which those with few contacts are ranked.
        workshops._update_figures()
        for workshop, state, reason in STANDINGS:
            self.env.ref(
                f"lead_marketplace.lead_market_workshop_{workshop}_demo"
            )._set_state(state, reason)
        # Places are counted on a connection of its own, which does not see yet what is
        # being installed.
        self.env.ref("lead_marketplace.lead_market_category_memorial_care_demo").write(
            {"max_takers": 3}
        )
        self.env["mail.mail"].search([("id", ">", last_mail or 0)]).unlink()

    def _demo_user(self, login):
        return self.env["res.users"].search([("login", "=", login)])

    def _demo_ago(self, days, hours=0):
        return fields.Datetime.now() - timedelta(days=days, hours=hours)

    def _demo_create(self, number, story):
        """Send a request as its customer did, and call the customer back."""
        city, code = story["place"]
        region = self.env["res.country.state"].search(
            [("country_id.code", "=", "US"), ("code", "=", code)]
        )
        category = self.env.ref(
            f"lead_marketplace.lead_market_category_{story.get('category', 'memorial')}"
            "_demo"
        )
        mailbox = story["customer"].lower().replace(" ", ".").replace(",", "")
        lead = self.env["crm.lead"]._market_submit(
            self.env.ref("base.main_company"),
            CustomerRequest(
                description=story["text"],
                for_whom=story["whom"],
                for_whom_not_stated=not story["whom"],
                category_id=category.id,
                region_id=region.id,
                city=city,
                segment=story["segment"],
                budget=story["budget"],
                name=story["customer"],
                email=f"{mailbox}@family.example.com",
                phone=f"+1 802 555 {1000 + number}",
                contact_mode=story.get("mode", "phone_email"),
            ),
        )
        operator = self._demo_user(("operator", "operator2")[number % 2])
        request = lead.market_request_id
        request.write({"user_id": operator.id, "name": story["name"] or request.name})
        lead.market_consent_date = self._demo_ago(story["age"], 3)
        self._demo_call(request, operator, story)
        return request

    def _demo_call(self, request, operator, story):
        result = story.get("call")
        if story["state"] == "draft" and not result:
            return
        reached = not result
        # sudo: the talks of the story were some time ago
        self.env["lead.market.call"].with_user(operator).sudo().create(
            {
                "lead_id": request.lead_ids.id,
                "date": self._demo_ago(story["age"], 1),
                "result": result or "reached",
                "intent_confirmed": reached,
                "for_whom_confirmed": reached,
            }
        )

    def _demo_tell(self, request, story):
        """Bring a request into its state, by way of all that happened."""
        state = story["state"]
        as_operator = request.with_user(request.user_id)
        if state in ("draft", "duplicate", "refused"):
            if state in CLOSED:
                as_operator._close(state)
            return
        as_operator.action_verify()
        if state == "verified":
            return
        as_operator.action_publish()
        published = self._demo_ago(story["age"])
        request.write(
            {"published_on": published, "expires_on": published + timedelta(days=240)}
        )
        takes = [
            (self._demo_take(request, login, part, max(story["age"] - days, 0)), part)
            for days, (login, part) in enumerate(story["takes"].items(), 1)
        ]
        # All have opened it before the first one wins.
        for take, part in takes:
            self._demo_win(request, take, part)
        if state == "paused":
            as_operator.action_pause()
        elif state == "withdrawn":
            request._customer_withdraw()
        elif state == "expired":
            as_operator._close("expired")
        if survey := story.get("survey"):
            self._demo_survey(request, **survey)

    def _demo_take(self, request, login, part, age):
        """Have a workshop open a contact, and work on it."""
        user = self._demo_user(login)
        take = self.env["lead.market.take"]._open_contact(request, user, "192.0.2.1")
        take.opened_on = self._demo_ago(age)
        if part.get("letter"):
            take._send_letter(user, self.env._("Our offer"), LETTER)
            take.first_offer_on = self._demo_ago(age) + timedelta(hours=5)
        if part.get("talk"):
            take._log_talk(user, TALK)
        if part.get("important"):
            take._set_important(True)
        if part.get("archived"):
            take._archive_take(part["archived"])
        return take

    def _demo_win(self, request, take, part):
        """Have what became of a contact."""
        if part.get("suspected"):
            request._customer_done("workshop", take=take)
        if order := part.get("order"):
            self._demo_order(request, take, take.opened_by_id, order)
        if review := part.get("review"):
            self._demo_review(request, take, review)

    def _demo_order(self, request, take, user, story):
        """Have a workshop declare an order, and the operator confirm it."""
        amount = story["amount"]
        vals = {
            "contract_no": f"2026-{take.id:03}",
            "amount_gross": amount,
            "amount_net": amount,
        }
        if "planned" in story:
            vals["planned_finish_date"] = fields.Date.today() + timedelta(
                days=story["planned"]
            )
        else:
            vals["work_done_date"] = fields.Date.today()
        Order = self.env["lead.market.order"].with_user(user)
        # sudo: below, it is put back into the past, where not all of them were late
        order = Order._declare(take, vals, user).sudo()
        if "declared" not in story:
            return
        order.write(
            {
                "work_done_date": fields.Date.today() - timedelta(days=story["done"]),
                "declared_on": self._demo_ago(story["declared"]),
            }
        )
        order.with_user(request.user_id).action_confirm()
        if request.state == "published" and story["done"] > 2:
            request._customer_done("workshop", take=take)

    def _demo_review(self, request, take, story):
        stars, text, author, reply = story
        Review = self.env["lead.market.review"]
        review = Review._submit(take, stars, text, author)
        # A bad one waits to be read.
        if stars > 2:
            review.with_user(request.user_id).action_publish()
        if reply:
            review._set_reply(reply)

    def _demo_survey(self, request, occasion, days, answer):
        """Ask the customer who did the work, and have the answer if there is one."""
        request._survey(occasion)
        request[occasion] = self._demo_ago(days)
        if answer:
            request._customer_done(answer)

    def _demo_prepare_workshops(self):
        """Have one workshop with letters and with customers of its own."""
        workshop = self.env.ref("lead_marketplace.lead_market_workshop_granite_demo")
        self.env["lead.market.letter"]._create_examples(workshop)
        self.env["lead.market.own.customer"]._add_names(
            workshop, ["Morris Katz", "Halvorsen Finn", "Alice Munroe"]
        )

    def _demo_ask(self):
        """Ask workshops about contacts of which nothing was heard for long.

        One of them has answered, the others still owe it.
        """
        Take = self.env["lead.market.take"]
        for take in Take.search([("state", "!=", "archived")]):
            # What was done in the story was done when the contact was opened.
            take.last_activity_on = take.first_offer_on or take.opened_on
        due = Take.search(Take._get_checkin_domain())
        for workshop in due.workshop_id:
            Take._check_in_due(workshop)
        # There was a week to answer in.
        due.checkin_on = self._demo_ago(9)
        answered = due.filtered("important")[:1]
        answered._answer_checkin("talking", {}, answered.opened_by_id)

    def _demo_bill(self):
        """Invoice what is due but one, post all but one, and have one workshop pay."""
        company = self.env.ref("base.main_company")
        if not company.chart_template:
            return
        accruals = self.env["lead.market.accrual"].search([])
        accruals[1:].action_invoice()
        moves = accruals.invoice_line_id.move_id.sorted("id")
        moves.filtered(lambda move: move.state == "draft")[:-1].action_post()
        for move in moves.filtered(lambda move: move.state == "posted")[:1]:
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            ).create({})._create_payments()
