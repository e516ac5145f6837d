from ast import literal_eval
from datetime import timedelta
from html import unescape

from freezegun import freeze_time
from lxml import etree
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import NIGHT, NOON, OrderRequestCommon


@tagged("post_install", "-at_install")
class TestRequest(MailCase, OrderRequestCommon):
    """The way of a request, step by step, as those who take the steps."""

    def test_sent(self):
        with freeze_time(NIGHT), self.mock_mail_gateway():
            request = self._send_request(self.logo, brief="A loaf, drawn by hand.")
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.user_id, self.seller)
        self.assertEqual(request.response_due, NIGHT + timedelta(hours=24))
        self.assertIn(
            "Answer the request", request.activity_ids.activity_type_id.mapped("name")
        )
        subjects = {mail.subject for mail in self._new_mails}
        self.assertEqual(len(subjects), 2)
        to = self._new_mails.recipient_ids.mapped("email")
        self.assertEqual(
            set(to), {"sofie@seller.example", "request_portal@customer.example"}
        )
        self.assertFalse(request.sale_order_ids)

    def test_customer_reads_why(self):
        """In the mail that says that the request arrived, in their language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contact.lang = "fr_FR"
        for reason, sentence in (
            ("first_time", "votre première commande"),
            ("service_always", "sur-mesure"),
            ("away", "Nous sommes absents"),
            ("voluntary", ""),
        ):
            with self.subTest(reason=reason), self.mock_mail_gateway():
                request = self._send_request(reason=reason)
            [mail] = self._new_mails.filtered(
                lambda one: one.recipient_ids == self.contact
            )
            self.assertIn(sentence, mail.body_html)
            self.assertEqual(request._describe_why() == "", reason == "voluntary")

    def test_texts_of_mails_can_be_changed(self):
        """Odoo tries each with some request or order first, here with empty ones."""
        draft = self.env["order.request"].create({"partner_id": self.contact.id})
        self.assertEqual(self.env["order.request"].search([], limit=1), draft)
        data = self.env["ir.model.data"].search(
            [("module", "=", "order_request"), ("model", "=", "mail.template")]
        )
        templates = self.env["mail.template"].browse(data.mapped("res_id"))
        self.assertGreater(len(templates), 10)
        for template in templates:
            with self.subTest(template=template.name):
                template.body_html += "<p>Yours sincerely</p>"

    def test_sent_twice_is_sent_once(self):
        sent = self._fill_in(self.logo)
        send = self.env["order.request"]._submit_from_customer
        args = (sent, self.contact, self.company, "first_time", "portal")
        self.assertEqual(send(*args), send(*args))

    def test_question_and_answer(self):
        with freeze_time(NIGHT):
            request = self._send_request()
        with freeze_time(NIGHT + timedelta(hours=2)), self.mock_mail_gateway():
            request._ask("Which colours do you like?")
        self.assertEqual(request.state, "info_asked")
        self.assertFalse(request.activity_ids, "nothing to do for the seller")
        self.assertEqual(request.response_state, "on_time")
        self.assertEqual(request.response_hours, 2)
        self.assertIn("Which colours", self._new_mails.body_html)
        with self.mock_mail_gateway():
            request.sudo()._customer_reply(self.contact, "Blue & <b>red</b>")
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.activity_ids.user_id, self.seller)
        self.assertIn("Blue &amp; &lt;b&gt;red", self._new_mails.body_html)
        said = request._get_conversation()
        self.assertEqual(said.author_id, self.seller.partner_id | self.contact)

    def test_offer_is_sent_at_once(self):
        request = self._send_request()
        self.assertFalse(request.sale_order_ids)
        with self.mock_mail_gateway():
            order = self._offer(request, expires_on=False, message="With two drafts.")
        self.assertEqual(
            (request.state, order.state, order.order_request_origin),
            ("offered", "sent", "seller"),
        )
        self.assertFalse(order.validity_date)
        self.assertTrue(order.require_signature)
        self.assertIn("With two drafts.", self._new_mails.body_html)
        self.assertEqual(self._new_mails.recipient_ids, self.contact)

    def test_offer_window(self):
        request = self._send_request(self.logo)
        with freeze_time(NOON):
            form = Form(
                self.env["order.request.offer"]
                .with_user(self.seller)
                .with_context(default_request_id=request.id)
            )
            self.assertEqual(form.line_ids._records[0]["price_unit"], 100)
            # Two weeks on, at the end of the day in Paris.
            self.assertEqual(str(form.expires_on), "2026-06-16 21:59:00")
            form.save().action_send()
        self.assertEqual(request.state, "offered")
        self.assertEqual(str(request.offer_id.validity_date), "2026-06-16")

    def test_offer_begins_with_the_price_that_was_shown(self):
        request = self._send_request(self.logo)
        (self.logo + self.poster).list_price = 70
        window = Form(
            self.env["order.request.offer"]
            .with_user(self.seller)
            .with_context(default_request_id=request.id)
        )
        with window.line_ids.edit(0) as line:
            self.assertEqual(line.price_unit, 100)
            line.product_id = self.poster
            self.assertEqual(line.price_unit, 70, "of what they did not ask for")
            line.product_id = self.logo
            self.assertEqual(line.price_unit, 100)
        with window.line_ids.new() as line:
            line.product_id = self.poster
            line.price_unit = 60
        window.save().action_send()
        self.assertEqual(request.offer_id.amount_untaxed, 160)

    def test_answered_while_another_window_was_open(self):
        """Nobody answers what a colleague has answered meanwhile."""
        reason = self.env.ref("order_request.order_request_reason_busy")
        for model, vals, button in (
            ("order.request.offer", {}, "action_send"),
            ("order.request.ask", {"message": "Which colours?"}, "action_send"),
            ("order.request.refuse", {"reason_id": reason}, "action_refuse"),
        ):
            with self.subTest(model=model):
                request = self._send_request(self.logo)
                window = Form(
                    self.env[model]
                    .with_user(self.seller)
                    .with_context(default_request_id=request.id)
                )
                for name, value in vals.items():
                    window[name] = value
                offer = self._offer(request)
                with self.assertRaisesRegex(UserError, "while you had it open"):
                    getattr(window.save(), button)()
                self.assertEqual(request.state, "offered")
                self.assertEqual(request.sale_order_ids, offer)

    def test_another_offer_replaces_the_first(self):
        request = self._send_request()
        first = self._offer(request)
        second = self._offer(request, price=90)
        self.assertEqual((first.state, second.state), ("cancel", "sent"))
        self.assertEqual(request.offer_id, second)

    def test_accepted(self):
        request = self._send_request()
        order = self._offer(request)
        order.action_confirm()
        self.assertEqual(request.state, "accepted")
        order._action_cancel()
        self.assertEqual(request.state, "accepted")
        self.assertTrue(order.cancelled_on)

    def test_changes_wanted(self):
        request = self._send_request()
        order = self._offer(request)
        request.sudo()._customer_ask_changes(self.contact, "Without the second draft")
        self.assertEqual((request.state, order.state), ("submitted", "cancel"))

    def test_declined(self):
        request = self._send_request()
        order = self._offer(request)
        request.sudo()._customer_withdraw(self.contact)
        self.assertEqual((request.state, order.state), ("withdrawn", "cancel"))
        self.assertFalse(order.cancelled_on)

    def test_offer_cancelled_among_the_quotations(self):
        request = self._send_request()
        order = self._offer(request)
        order.with_user(self.seller)._action_cancel()
        self.assertEqual(request.state, "withdrawn")
        self.assertTrue(request.closed_on)
        self.assertFalse(order.cancelled_on)

    def test_earlier_offer_cancelled(self):
        """The present one counts."""
        request = self._send_request()
        first, second = self._offer(request), self._offer(request)
        first._action_cancel()
        self.assertEqual((request.state, request.offer_id), ("offered", second))

    def test_refused(self):
        request = self._send_request()
        token = request.access_token
        window = (
            self.env["order.request.refuse"]
            .with_user(self.seller)
            .create(
                {
                    "request_id": request.id,
                    "reason_id": self.env.ref(
                        "order_request.order_request_reason_busy"
                    ).id,
                }
            )
        )
        with self.mock_mail_gateway():
            window.action_refuse()
        self.assertEqual(request.state, "refused")
        self.assertIn("fully booked", self._new_mails.body_html)
        self.assertNotEqual(request.access_token, token)
        # Old links end; that in the mail still leads to what was said.
        self.assertIn(request.get_portal_url(), unescape(self._new_mails.body_html))
        self.assertFalse(request.activity_ids)

    def test_spam_gets_no_mail_and_counts_nowhere(self):
        request = self._send_request()
        spam = self.env.ref("order_request.order_request_reason_spam")
        with self.mock_mail_gateway():
            request._refuse(spam, "")
        self.assertFalse(self._new_mails)
        self.assertEqual(request.response_state, "excluded")

    def test_spam_that_waited_counts_nowhere(self):
        with freeze_time(NIGHT):
            request = self._send_request()
        request.sudo()._miss_response()
        spam = self.env.ref("order_request.order_request_reason_spam")
        request._refuse(spam, "")
        self.assertEqual(request.response_state, "excluded")

    def test_taken_up_again(self):
        request = self._send_request()
        request._refuse(self.env["order.request.reason"], "")
        request.action_reopen()
        self.assertEqual(request.state, "submitted")
        self._offer(request)
        self.assertEqual(request.state, "offered")

    def test_no_step_after_the_end(self):
        request = self._send_request()
        request.sudo()._customer_withdraw(self.contact)
        for step in (
            lambda: request._ask("?"),
            lambda: self._offer(request),
            lambda: request._refuse(self.env["order.request.reason"], ""),
            lambda: request.action_reopen(),
            lambda: request.sudo()._customer_reply(self.contact, "?"),
            lambda: request.sudo()._customer_ask_changes(self.contact, "?"),
            lambda: request.sudo()._customer_withdraw(self.contact),
        ):
            with self.assertRaisesRegex(UserError, "not possible any more"):
                step()
        self.assertEqual(request.state, "withdrawn")

    def test_written_down_in_the_back_office(self):
        with Form(self.env["order.request"].with_user(self.seller)) as form:
            form.partner_id = self.contact
            with form.line_ids.new() as line:
                line.product_id = self.logo
        request = form.record
        request.action_submit()
        self.assertEqual((request.state, request.origin), ("submitted", "backend"))
        self.assertEqual(request.gate_reason, "voluntary")

    def test_nothing_is_asked_for(self):
        """A request without services reaches nobody."""
        request = (
            self.env["order.request"]
            .with_user(self.seller)
            .create({"partner_id": self.contact.id, "brief": "Something nice"})
        )
        with self.mock_mail_gateway(), self.assertRaisesRegex(UserError, "a service"):
            request.action_submit()
        self.assertEqual(request.state, "draft")
        self.assertFalse(self._new_mails)

    def test_somebody_always_answers(self):
        """Whom the policy names, else the team's leader, else a sales manager."""
        team = self.env["crm.team"].create(
            {"name": "Design", "company_id": self.company.id, "sequence": -1}
        )
        former = new_test_user(
            self.env,
            "request_former",
            groups="sales_team.group_sale_manager",
        )
        for responsible, leader, expected in (
            (self.seller, self.other_seller, self.seller),
            (None, self.other_seller, self.other_seller),
            (None, former, None),
            (None, None, None),
        ):
            self.policy.responsible_id = responsible
            team.user_id = leader
            former.active = leader != former
            with self.subTest(leader=leader), self.mock_mail_gateway():
                request = self._send_request().sudo()
            user = request.user_id
            if expected:
                self.assertEqual(user, expected)
            else:
                self.assertTrue(user.active)
                self.assertTrue(user.has_group("sales_team.group_sale_manager"))
            self.assertIn(user.partner_id, self._new_mails.recipient_ids)
            self.assertEqual(request.activity_ids.user_id, user)

    def test_calendar_tells_who_wants_what(self):
        request = self._send_request(self.logo, self.poster)
        self.assertEqual(request.display_name, request.name)
        for name in ("order_request_action", "order_request_action_calendar"):
            action = self.env["ir.actions.act_window"]._for_xml_id(
                f"order_request.{name}"
            )
            shown = request.with_context(**literal_eval(action["context"]))
            self.assertEqual(
                shown.display_name,
                f"Bea Blum · Logo, Poster · {request.name}",
            )

    def test_figures_are_not_written_by_hand(self):
        request = self._send_request()
        for vals in (
            {"state": "accepted"},
            {"response_state": "on_time"},
            {"submitted_on": NOON},
            {"offer_expires_on": False},
        ):
            with self.assertRaises(AccessError):
                request.write(vals)
        with self.assertRaises(AccessError):
            self.env["order.request"].with_user(self.seller).create(
                {"partner_id": self.contact.id, "state": "accepted"}
            )
        self.assertEqual(request.state, "submitted")

    def test_sellers_see_their_own(self):
        request = self._send_request()
        self.assertFalse(request.with_user(self.other_seller).has_access("read"))
        self.assertTrue(request.with_user(self.manager).has_access("write"))
        with self.assertRaises(AccessError):
            request.with_user(self.other_seller)._ask("?")

    def test_sellers_of_another_company(self):
        """Managers there see neither requests nor policies of ours."""
        other = self.env["res.company"].create({"name": "Other Studio"})
        manager = new_test_user(
            self.env,
            "request_other_company",
            groups="sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.policy.away_ids = [
            Command.create({"date_from": "2026-06-03", "date_to": "2026-06-07"})
        ]
        request = self._send_request()
        theirs = {"user": manager, "context": {"allowed_company_ids": other.ids}}
        for records in (
            request,
            request.line_ids,
            self.policy,
            self.policy.window_ids,
            self.policy.away_ids,
        ):
            with self.subTest(model=records._name):
                records = records.with_env(self.env(**theirs))
                self.assertFalse(records.search([("id", "in", records.ids)]))
                for operation in ("read", "write", "unlink"):
                    self.assertFalse(records[:1].has_access(operation))
        with self.assertRaises(AccessError):
            request.with_env(self.env(**theirs))._ask("?")


@tagged("post_install", "-at_install")
class TestClock(MailCase, OrderRequestCommon):
    """What happens by itself."""

    def test_unanswered(self):
        with freeze_time(NIGHT):
            request = self._send_request()
        self.run_clock(NIGHT + timedelta(hours=25))
        self.assertEqual(
            (request.state, request.response_state), ("submitted", "missed")
        )
        with self.mock_mail_gateway():
            self.run_clock(NIGHT + timedelta(days=8))
        self.assertEqual(request.state, "expired")
        self.assertIn("was not answered in time", self._new_mails.body_html)

    def test_most_urgent_ones_come_first(self):
        ages = {"late": 30, "new": 1, "refused": 40, "withdrawn": 50}
        requests = {}
        for name, hours in ages.items():
            with freeze_time(NIGHT - timedelta(hours=hours)):
                requests[name] = self._send_request()
        reason = self.env.ref("order_request.order_request_reason_busy")
        with freeze_time(NIGHT):
            requests["refused"]._refuse(reason, "")
        with freeze_time(NIGHT + timedelta(hours=1)):
            requests["withdrawn"].sudo()._customer_withdraw(self.contact)
        views = self.env["order.request"].get_views([(False, "list")])
        arch = etree.fromstring(views["views"]["list"]["arch"])
        found = self.env["order.request"].search(
            [("id", "in", [one.id for one in requests.values()])],
            order=arch.get("default_order"),
        )
        self.assertEqual(
            [name for one in found for name in requests if requests[name] == one],
            ["late", "new", "withdrawn", "refused"],
        )

    def test_late_ones_are_found(self):
        with freeze_time(NIGHT):
            request = self._send_request()
        views = self.env["order.request"].get_views([(False, "search")])
        arch = etree.fromstring(views["views"]["search"]["arch"])
        domain = literal_eval(arch.xpath("//filter[@name='late']/@domain")[0])
        for hours, found in ((23, self.env["order.request"]), (25, request)):
            with freeze_time(NIGHT + timedelta(hours=hours)):
                self.assertEqual(request.filtered_domain(domain), found)
                self.assertEqual(request.is_overdue, bool(found))
                request.invalidate_recordset(["is_overdue"])

    def test_offer_runs_out(self):
        with freeze_time(NIGHT):
            request = self._send_request()
            order = self._offer(request, expires_on=NIGHT + timedelta(days=2))
        with self.mock_mail_gateway():
            self.run_clock(NIGHT + timedelta(days=1, hours=1))
            self.run_clock(NIGHT + timedelta(days=1, hours=2))
        self.assertEqual(len(self._new_mails), 1, "reminded once")
        self.assertEqual(request.state, "offered")
        self.run_clock(NIGHT + timedelta(days=2, minutes=1))
        self.assertEqual((request.state, order.state), ("expired", "cancel"))

    def test_offer_for_some_hours(self):
        """Nobody is reminded of what they read a minute ago."""
        with freeze_time(NIGHT):
            request = self._send_request()
            self._offer(request, expires_on=NIGHT + timedelta(hours=20))
        with self.mock_mail_gateway():
            self.run_clock(NIGHT + timedelta(minutes=15))
        self.assertFalse(self._new_mails)
        self.assertEqual(request.state, "offered")

    def test_offer_without_end(self):
        with freeze_time(NIGHT):
            request = self._send_request()
            self._offer(request)
        self.run_clock(NIGHT + timedelta(days=400))
        self.assertEqual(request.state, "offered")

    def test_clock_stands_still_while_away(self):
        self.policy.away_ids = [
            (0, 0, {"date_from": "2026-06-03", "date_to": "2026-06-07"})
        ]
        with freeze_time(NIGHT):
            request = self._send_request()
        # Two hours are left of Tuesday in Paris; the rest comes after Sunday.
        self.assertEqual(str(request.response_due), "2026-06-08 20:00:00")

    def test_clock_runs_in_answering_hours(self):
        self.policy.answer_hours = 10
        self.policy.answer_window_ids = [
            (
                0,
                0,
                {"kind": "answer", "weekday": str(day), "hour_from": 8, "hour_to": 16},
            )
            for day in range(5)
        ]
        with freeze_time(NIGHT):
            request = self._send_request()
        self.assertEqual(str(request.response_due), "2026-06-04 08:00:00")

    def test_withdrawn_before_an_answer_was_due(self):
        request = self._send_request()
        request.sudo()._customer_withdraw(self.contact)
        self.assertEqual(request.response_state, "excluded")


@tagged("post_install", "-at_install")
class TestPolicy(OrderRequestCommon):
    """Whose rules count, and who may make them."""

    def find(self, user=None, team=None):
        return self.env["order.request.policy"]._find(self.company, user, team)

    def test_most_specific(self):
        team = self.env["crm.team"].create({"name": "Print"})
        of_team = self.policy.copy({"team_id": team.id})
        of_seller = self.policy.copy({"user_id": self.seller.id})
        self.assertEqual(self.find(), self.policy)
        self.assertEqual(self.find(self.other_seller), self.policy)
        self.assertEqual(self.find(self.other_seller, team), of_team)
        self.assertEqual(self.find(self.seller, team), of_seller)

    def test_right_is_taken_away(self):
        own = self.policy.copy({"user_id": self.seller.id})
        self.assertEqual(self.find(self.seller), own)
        self.seller.group_ids -= self.env.ref(
            "order_request.group_order_request_seller"
        )
        self.assertEqual(self.find(self.seller), self.policy)

    def test_own_policy_needs_the_right(self):
        with self.assertRaisesRegex(ValidationError, "may not have a policy"):
            self.policy.copy({"user_id": self.other_seller.id})

    def test_seller_makes_their_own_only(self):
        policies = self.env["order.request.policy"].with_user(self.seller)
        own = policies.create({"user_id": self.seller.id})
        own.is_enabled = False
        with self.assertRaises(AccessError):
            policies.create({"team_id": self.env["crm.team"].create({"name": "T"}).id})
        with self.assertRaises(AccessError):
            self.policy.with_user(self.seller).is_enabled = False
        with self.assertRaises(AccessError):
            policies.with_user(self.other_seller).create(
                {"user_id": self.other_seller.id}
            )

    def test_one_for_each_seller(self):
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.policy.copy()
            self.env.flush_all()

    def test_simulation(self):
        simulation = self.env["order.request.simulation"].with_user(self.seller)
        night = simulation.create(
            {"at": NIGHT, "product_tmpl_ids": self.logo.product_tmpl_id.ids}
        )
        self.assertIn("First order of the customer", night.result)
        noon = simulation.create(
            {"at": NOON, "product_tmpl_ids": self.logo.product_tmpl_id.ids}
        )
        self.assertIn("Outside the active hours", noon.result)
