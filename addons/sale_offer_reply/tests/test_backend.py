from ast import literal_eval

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import OfferCommon


@tagged("post_install", "-at_install")
class TestBackend(OfferCommon):
    """What sellers and accountants see and do, as themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "offer_accountant", groups="account.group_account_user"
        )
        cls.auditor = new_test_user(
            cls.env, "offer_auditor", groups="account.group_account_readonly"
        )

    def _as_seller(self, record):
        return record.with_user(self.salesman)

    def _create_accepted_offer(self, last="unsure"):
        """Return a confirmed order: room yes, dinner yes, bus as given."""
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self._reply(order, {room: "yes", dinner: "yes", bus: last})
        self.assertEqual(order.state, "sale")
        return order

    def _get_history(self, order):
        """Return the newest row of the history."""
        return self.env["sale.offer.history"].search(
            [("order_id", "=", order.id)], limit=1
        )

    def _send_feedback(self, order, body="Is it vegan?"):
        order_sudo = order.with_user(self.env.ref("base.user_root"))
        return order_sudo._offer_post_feedback(
            body, self._identity(), key=self._new_key()
        )

    # === FORM ===

    def test_new_quotation_takes_the_company_choices(self):
        self.room.offer_terms = "<p>Free until May.</p>"
        self.company.offer_allow_unsure = False
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.contact
        with form.order_line.new() as line:
            line.product_id = self.room
        order = form.save()
        self.assertTrue(order.offer_reply_enabled)
        self.assertFalse(order.offer_allow_unsure)
        self.assertEqual(order.offer_manager_ids, self.salesman)
        self.assertEqual(order.offer_status, "draft")
        self.assertEqual(order.order_line.offer_terms, "<p>Free until May.</p>")
        self.company.offer_reply_default = False
        self.assertFalse(
            Form(self.env["sale.order"].with_user(self.salesman)).offer_reply_enabled
        )

    def test_order_is_handed_over(self):
        """Replies go to who has the order now, unless others were named."""
        order = self._create_sent_offer()
        named = self._create_sent_offer(
            offer_manager_ids=[self.salesman.id, self.other_salesman.id]
        )
        (order + named).user_id = self.other_salesman
        self.assertEqual(order.offer_manager_ids, self.other_salesman)
        self.assertEqual(named.offer_manager_ids, self.salesman + self.other_salesman)

    def test_price_change_in_the_form_reopens_the_line(self):
        order = self._create_sent_offer(require_signature=True)
        self._reply(order, "yes")
        with Form(self._as_seller(order)) as form:
            with form.order_line.edit(0) as line:
                line.price_unit = 120
                self.assertEqual(line.offer_line_status, "changed")
        self.assertEqual(
            order.order_line.mapped("offer_line_status"), ["changed", "yes", "yes"]
        )
        self.assertEqual(order.offer_status, "waiting")

    def test_terms_are_edited_on_the_line_by_itself(self):
        order = self._create_sent_offer()
        line = self._as_seller(order.order_line[0])
        action = line.action_open_offer_line()
        self.assertEqual((action["res_id"], action["target"]), (line.id, "new"))
        view = "sale_offer_reply.sale_order_line_view_form_offer"
        revision = order.offer_revision
        with Form(line, view) as form:
            form.offer_terms = "<p>New terms</p>"
        self.assertEqual(line.offer_terms, "<p>New terms</p>")
        self.assertGreater(order.offer_revision, revision)

    def test_orders_without_answers_show_no_offer(self):
        order = self._create_offer(offer_reply_enabled=False)
        self.assertFalse(order.offer_status)
        with Form(self._as_seller(order)) as form:
            self.assertFalse(form.offer_history_count)
            with form.order_line.edit(0) as line:
                self.assertFalse(line.offer_line_status)

    # === DECLINE, RELEASE, CLOSE ===

    def test_decline_needs_a_reason(self):
        order = self._create_sent_offer()
        action = self._as_seller(order).action_open_offer_decline()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.salesman)
            .with_context(**action["context"])
        )
        with self.assertRaises(AssertionError):
            wizard.save()
        wizard.reason = "Booked elsewhere"
        wizard.save().action_decline()
        self.assertEqual((order.state, order.offer_status), ("cancel", "declined"))
        self.assertEqual(order.offer_declined_by_id, self.salesman)
        history = self._get_history(order)
        self.assertEqual(history.kind, "declined")
        self.assertEqual(history.message, "Booked elsewhere")
        self.assertEqual(history.user_id, self.salesman)
        with self.assertRaises(UserError):
            self._as_seller(order)._offer_decline("Once more")
        self._as_seller(order).action_draft()
        self.assertEqual(order.offer_status, "draft")
        self.assertFalse(order.offer_declined_reason)

    def test_confirmed_order_is_not_declined(self):
        order = self._create_accepted_offer()
        with self.assertRaises(UserError):
            self._as_seller(order)._offer_decline("Too late")
        self.assertEqual(order.state, "sale")

    def test_release_of_a_checked_offer(self):
        order = self._create_offer()
        wizard = self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "amount",
                "discount_amount": 30,
            }
        )
        wizard.action_apply_discount()
        self._send(order)
        self._reply(order, "yes")
        self.assertEqual(order.offer_status, "to_check")
        with self.assertRaises(AccessError):
            order.with_user(self.auditor).action_offer_release()
        self._as_seller(order).action_offer_release()
        self.assertEqual((order.state, order.offer_status), ("sale", "accepted"))
        with self.assertRaises(UserError):
            self._as_seller(order).action_offer_release()

    def test_close_unsure_lines(self):
        order = self._create_accepted_offer()
        bus = self._line(order, self.bus)
        self.assertTrue(order.offer_has_unsure)
        with self.assertRaises(AccessError):
            order.with_user(self.auditor).action_offer_close_unsure()
        self._as_seller(order).action_offer_close_unsure()
        self.assertEqual(bus.offer_line_status, "no")
        self.assertEqual(bus.product_uom_qty, 0)
        self.assertFalse(order.offer_has_unsure)
        history = self._get_history(order)
        self.assertEqual(history.kind, "on_behalf")
        self.assertEqual(history.user_id, self.salesman)
        with self.assertRaises(UserError):
            self._as_seller(order).action_offer_close_unsure()

    # === LINKS ===

    def test_revoked_links_are_replaced(self):
        order = self._create_sent_offer()
        token, sign = order.access_token, order._sign_token(self.contact.id)
        for stranger in (self.other_salesman, self.auditor, self.portal_user):
            with self.assertRaises(AccessError):
                order.with_user(stranger).action_offer_revoke_links()
        self.assertEqual(order.access_token, token)
        self._as_seller(order).action_offer_revoke_links()
        self.assertTrue(order.access_token)
        self.assertNotEqual(order.access_token, token)
        self.assertNotEqual(order._sign_token(self.contact.id), sign)
        note = order.message_ids[0]
        self.assertEqual(note.author_id, self.salesman.partner_id)
        self.assertIn("revoked", note.body)
        self.assertTrue(note.is_internal or note.subtype_id.internal)

    # === FEEDBACK ===

    def test_feedback_names_its_line(self):
        """By the product, as on the customer's page, not by its description."""
        order = self._create_sent_offer()
        line = order.order_line[1]
        line.name = "Dinner\nServed at the table"
        self._send_feedback(order).offer_line_id = line
        action = self._as_seller(order).action_open_offer_feedback()
        view = self.env.ref("sale_offer_reply.mail_message_view_list")
        field = etree.fromstring(view.arch).find(".//field[@name='offer_line_id']")
        found = (
            self.env["mail.message"]
            .with_user(self.salesman)
            .web_search_read(
                action["domain"],
                {
                    "offer_line_id": {
                        "fields": {"display_name": {}},
                        "context": literal_eval(field.get("context", "{}")),
                    }
                },
            )
        )
        names = [row["offer_line_id"]["display_name"] for row in found["records"]]
        self.assertEqual(names, ["Dinner"])

    def test_feedback_is_unread_until_a_seller_opens_it(self):
        order = self._create_sent_offer()
        quiet = self._create_sent_offer()
        self._send_feedback(order)
        self._send_feedback(order, "And gluten-free?")
        self.assertEqual(order.offer_feedback_unread_count, 2)
        unread = self.env["sale.order"].with_user(self.salesman)
        domain = [
            ("offer_feedback_unread_count", ">", 0),
            ("id", "in", (order | quiet).ids),
        ]
        self.assertEqual(unread.search(domain), order)

        order.with_user(self.accountant).action_open_offer_feedback()
        order.invalidate_recordset()
        self.assertEqual(order.offer_feedback_unread_count, 2)

        action = self._as_seller(order).action_open_offer_feedback()
        messages = (
            self.env["mail.message"].with_user(self.salesman).search(action["domain"])
        )
        self.assertEqual(len(messages), 2)
        order.invalidate_recordset()
        self.assertEqual(order.offer_feedback_count, 2)
        self.assertEqual(order.offer_feedback_unread_count, 0)
        self.assertFalse(unread.search(domain))

    def test_own_answers_need_no_reading(self):
        order = self._create_sent_offer()
        question = self._send_feedback(order)
        self._as_seller(order).action_open_offer_feedback()
        wizard = Form(
            self.env["sale.offer.feedback.reply"]
            .with_user(self.salesman)
            .with_context(default_message_id=question.id)
        )
        self.assertIn("Is it vegan?", wizard.question)
        wizard.body = "It can be."
        wizard.save().action_send()
        order.invalidate_recordset()
        self.assertEqual(order.offer_feedback_count, 2)
        self.assertEqual(order.offer_feedback_unread_count, 0)

    def test_feedback_stands_under_its_author(self):
        message = self._send_feedback(self._create_sent_offer())
        self.assertEqual(message.display_name, "Feedback from Kari Contact")

    # === ACCESS ===

    def test_everybody_opens_the_order(self):
        order = self._create_accepted_offer()
        self._send_feedback(order)
        for user in (self.auditor, self.accountant, self.salesman):
            with self.subTest(user=user.login):
                own = order.with_user(user)
                own.invalidate_recordset()
                form = Form(own)
                self.assertEqual(form.offer_history_count, 2)
                self.assertEqual(form.offer_feedback_unread_count, 1)
                history = self.env["sale.offer.history"].with_user(user)
                history = history.search(own.action_open_offer_history()["domain"])
                self.assertEqual(len(Form(history[0]).line_ids), 3)
                own.action_open_offer_feedback()
                self.env["sale.order"].with_user(user).get_views(
                    [(False, "list"), (False, "kanban"), (False, "search")]
                )

    def test_nobody_changes_the_history(self):
        order = self._create_accepted_offer()
        history = self._get_history(order)
        for user in (self.salesman, self.accountant):
            with self.assertRaises(UserError):
                history.with_user(user).write({"message": "Forged"})
            with self.assertRaises(AccessError):
                history.with_user(user).unlink()
            with self.assertRaises(UserError):
                history.line_ids[0].with_user(user).write({"answer": "no"})
        for user in (self.other_salesman, self.employee, self.portal_user):
            with self.assertRaises(AccessError):
                history.with_user(user).read(["message"])

    # === REPORTING ===

    def test_salesperson_finds_the_offer_answers(self):
        menu = self.env.ref("sale_offer_reply.sale_offer_answers_menu")
        for user, finds in ((self.salesman, True), (self.employee, False)):
            visible = menu.with_user(user)._visible_menu_ids()
            self.assertEqual(menu.id in visible, finds, user.login)

    def test_offer_answers_tell_what_is_refused(self):
        self._create_accepted_offer("no")
        second = self._create_sent_offer()
        room, dinner, bus = second.order_line
        self._reply(second, {room: "no", dinner: "yes", bus: "no"})
        self._create_sent_offer()  # not answered
        action = self.env.ref("sale_offer_reply.sale_order_line_action_offer_answers")
        Lines = self.env["sale.order.line"].with_user(self.salesman)
        groups = Lines.formatted_read_group(
            literal_eval(action.domain) + [("offer_line_status", "=", "no")],
            ["product_id", "offer_line_status"],
            ["offer_amount:sum", "__count"],
        )
        refused = {
            group["product_id"][0]: (group["offer_amount:sum"], group["__count"])
            for group in groups
        }
        self.assertEqual(refused, {self.bus.id: (600, 2), self.room.id: (400, 1)})

    def test_combos_and_packages_count_with_their_worth(self):
        starter = self._create_product("Soup", 10, self.tax_a)
        combo = self.env["product.combo"].create(
            {
                "name": "Starter",
                "combo_item_ids": [Command.create({"product_id": starter.id})],
            }
        )
        menu = self._create_product(
            "Menu",
            30,
            self.env["account.tax"],
            type="combo",
            combo_ids=[Command.set(combo.ids)],
        )
        order = self._create_offer([{"product_id": menu.id, "product_uom_qty": 2}])
        line = order.order_line
        order.order_line = [
            Command.create(
                {
                    "product_id": starter.id,
                    "product_uom_qty": 2,
                    "combo_item_id": combo.combo_item_ids.id,
                    "linked_line_id": line.id,
                }
            ),
            Command.create(
                {
                    "name": "Package",
                    "display_type": "line_section",
                    "collapse_composition": True,
                    "sequence": 20,
                }
            ),
            Command.create({"product_id": self.room.id, "sequence": 30}),
            Command.create({"product_id": self.bus.id, "sequence": 40}),
        ]
        self._send(order)
        section = order.order_line.filtered("display_type")
        self.assertEqual((line.offer_amount, section.offer_amount), (60, 400))
        self._reply(order, {line: "no", section: "yes"})
        self.assertEqual((line.offer_amount, section.offer_amount), (60, 400))

    # === SETTINGS ===

    def test_settings_are_the_company_s(self):
        admin = new_test_user(
            self.env,
            "offer_admin",
            groups="base.group_system,sales_team.group_sale_manager",
        )
        form = Form(self.env["res.config.settings"].with_user(admin))
        form.offer_access_mode = "login"
        form.offer_terms_checkbox = "I agree."
        form.save().execute()
        self.assertEqual(self.company.offer_access_mode, "login")
        self.assertEqual(self.company.offer_terms_checkbox, "I agree.")
        form.offer_expiry_reminder_days = -1
        with self.assertRaises(ValidationError):
            form.save()

    def test_checkbox_speaks_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        company = self.company.with_context(lang="fr_FR")
        self.assertEqual(
            company._get_offer_terms_checkbox(), "J'accepte les conditions générales."
        )
        self.company.offer_terms_checkbox = "I agree."
        self.assertEqual(company._get_offer_terms_checkbox(), "I agree.")

    # === DEMO DATA ===

    def test_demo_reply_sends_nothing(self):
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        mails = self.env["mail.mail"].sudo().search_count([])
        order.with_user(self.env.ref("base.user_root"))._demo_offer_reply(
            self.portal_user.id,
            {"yes": [room.id, dinner.id], "no": [bus.id]},
            comments={bus.id: "We walk."},
        )
        self.assertEqual(order.state, "sale")
        self.assertEqual(bus.offer_comment, "We walk.")
        history = self._get_history(order)
        self.assertEqual(history.partner_id, self.contact)
        self.assertEqual(history.mail_state, "none")
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)


@tagged("post_install", "-at_install")
class TestOrderLinesWidget(OfferCommon, HttpCase):
    """The list of lines in a real browser."""

    def test_sections_keep_their_shape(self):
        """Sections span the columns; one that is answered as a whole has a badge."""
        order = self._create_sent_offer(
            [
                {"name": "Rooms", "display_type": "line_section"},
                (self.room, 4),
                {
                    "name": "Package",
                    "display_type": "line_section",
                    "collapse_composition": True,
                },
                (self.dinner, 10),
                (self.bus, 1),
                {"name": "A remark", "display_type": "line_note"},
            ]
        )
        list_ = "document.querySelector('[name=order_line] table')"
        rows = f"{list_}?.querySelectorAll('.o_data_row')"
        code = f"""
            const columns = {list_}.querySelectorAll("thead th").length;
            const rows = [...{rows}];
            const missing = rows.map((row) =>
                [...row.cells].reduce((left, cell) => left - cell.colSpan, columns)
            );
            const badges = rows.map(
                (row) => row.querySelector("[name=offer_line_status] .badge")?.innerText
            );
            const found = JSON.stringify([missing, badges]);
            const wanted = JSON.stringify([
                [0, 0, 0, 0, 0, 0],
                [null, "To answer", "To answer", null, null, null],
            ]);
            console.log(found === wanted ? "test successful" : "found " + found);
        """
        self.browser_js(
            f"/odoo/sales/{order.id}",
            code,
            ready=f"{rows}?.length === 6",
            login="offer_salesman",
            success_signal="test successful",
        )
