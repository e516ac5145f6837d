from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.sale_offer_reply.offer_reply import OfferIdentity

from .common import OfferCommon

TEMPLATE = "sale_offer_reply.mail_template_offer_sent"


@tagged("post_install", "-at_install")
class TestHistory(OfferCommon):
    """Every version that was sent and every reply is kept as it was."""

    def _open_composer(self, orders, **context):
        """Return the form in which the salesperson writes the mail."""
        action = orders.with_user(self.salesman).action_quotation_send()
        return Form(
            self.env["mail.compose.message"]
            .with_user(self.salesman)
            .with_context(
                **action["context"],
                active_model="sale.order",
                active_ids=orders.ids,
                **context,
            )
        )

    def _versions(self, order):
        return order.offer_history_ids.filtered(
            lambda history: history.kind == "sent"
        ).sorted("number")

    # === FROZEN ===

    def test_nobody_changes_history(self):
        order = self._create_sent_offer()
        history = self._reply(order, "yes")
        admin = self.env.ref("base.user_admin")
        # AccessError is a UserError, too.
        for user in (admin, self.salesman, self.portal_user, self.env.user):
            row, lines = history.with_user(user), history.line_ids.with_user(user)
            with self.assertRaises(UserError):
                row.write({"message": "changed"})
            with self.assertRaises(UserError):
                row.write({"pdf_state": "done", "ip": "x"})
            with self.assertRaises(UserError):
                row.unlink()
            with self.assertRaises(UserError):
                lines.write({"answer": "no"})
            with self.assertRaises(UserError):
                lines.unlink()
        for user in (admin, self.salesman, self.portal_user):
            for records in (history, history.line_ids):
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(records.with_user(user).has_access(operation))

    def test_document_is_stored_once(self):
        history = self._create_sent_offer().offer_history_ids
        history.write({"pdf": b"Zmlyc3Q=", "pdf_state": "done"})
        with self.assertRaises(UserError):
            history.write({"pdf": b"c2Vjb25k"})
        self.assertEqual(history.pdf, b"Zmlyc3Q=")

    def test_salespeople_see_their_own(self):
        history = self._create_sent_offer().offer_history_ids
        self.assertTrue(history.with_user(self.salesman).has_access("read"))
        self.assertFalse(history.with_user(self.other_salesman).has_access("read"))
        self.assertFalse(history.with_user(self.employee).has_access("read"))
        self.assertFalse(history.with_user(self.portal_user).has_access("read"))

    def test_copy_has_no_history(self):
        order = self._create_sent_offer()
        self._reply(order, "unsure")
        copy = order.copy()
        self.assertFalse(copy.offer_history_ids)
        self.assertFalse(any(copy.order_line.mapped("offer_answer")))

    # === SENDING ===

    def test_sent_by_composer(self):
        order = self._create_offer()
        composer = self._open_composer(order).save()
        self.assertEqual(composer.template_id, self.env.ref(TEMPLATE))
        self.assertEqual(composer.partner_ids, self.contact)
        composer.action_send_mail()
        self.assertEqual(order.state, "sent")
        version = self._versions(order)
        self.assertEqual(version.mapped("number"), [1])
        self.assertEqual(version.recipient_ids, self.contact)
        self.assertEqual(version.user_id, self.salesman)
        self.assertEqual(version.amount_total, order.amount_total)
        self.assertEqual(
            version.line_ids.mapped("name"), order.order_line.mapped("name")
        )

    def test_sent_to_the_contacts_of_the_offer(self):
        contacts = self.contact | self.colleague_user.partner_id
        order = self._create_offer(offer_contact_ids=[Command.set(contacts.ids)])
        self._open_composer(order).save().action_send_mail()
        self.assertEqual(self._versions(order).recipient_ids, contacts)

    def test_marked_as_sent(self):
        order = self._create_offer()
        order.with_user(self.salesman).action_quotation_sent()
        version = self._versions(order)
        self.assertEqual(version.mapped("number"), [1])
        self.assertFalse(version.recipient_ids)
        self.assertTrue(order.access_token)

    def test_sent_by_mass_mail(self):
        """Each offer is sent by itself, with its own mail and link."""
        offers = self._create_offer() | self._create_offer()
        plain = self._create_offer(offer_reply_enabled=False)
        form = self._open_composer(offers | plain)
        self.assertEqual(form.composition_mode, "mass_mail")
        form.template_id = self.env.ref(TEMPLATE)
        form.save().action_send_mail()
        for order in offers:
            self.assertEqual(order.state, "sent")
            self.assertEqual(self._versions(order).recipient_ids, self.contact)
            mail = order.message_ids.mail_ids.filtered("is_resent")
            self.assertEqual(len(mail), 1)
            self.assertIn(order.name, mail.subject)
            self.assertIn(order.access_token, mail.body_html)
        self.assertEqual(plain.state, "draft")
        self.assertFalse(plain.offer_history_ids)

    def test_sent_from_the_list(self):
        """The offer's text sends the offer; plain quotations stay Odoo's."""
        offer = self._create_offer()
        plain = self._create_offer(offer_reply_enabled=False)
        for order, template in (
            (offer, TEMPLATE),
            (plain, "sale.email_template_edi_sale"),
        ):
            form = self._open_composer(
                order.with_context(hide_default_template=True),
            )
            form.template_id = self.env.ref(template)
            form.save().action_send_mail()
        self.assertEqual(offer.state, "sent")
        self.assertEqual(self._versions(offer).recipient_ids, self.contact)
        self.assertEqual(plain.state, "draft")
        self.assertFalse(plain.offer_history_ids)

    def test_mass_mail_of_expired_offer(self):
        offers = self._create_offer() | self._create_offer()
        offers[0].validity_date = fields.Date.today() - timedelta(days=1)
        offers.invalidate_recordset()  # "is expired" is a matter of the request
        composer = self.env["mail.compose.message"].create(
            {
                "composition_mode": "mass_mail",
                "model": "sale.order",
                "res_ids": repr(offers.ids),
                "template_id": self.env.ref(TEMPLATE).id,
            }
        )
        with self.assertRaisesRegex(UserError, offers[0].name):
            composer.action_send_mail()
        self.assertEqual(set(offers.mapped("state")), {"draft"})

    def test_sent_by_scheduled_message(self):
        order = self._create_offer()
        later = fields.Datetime.now() + timedelta(days=1)
        composer = self._open_composer(order).save()
        composer.scheduled_date = later
        composer.action_schedule_message()
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.offer_history_ids)
        with freeze_time(later + timedelta(minutes=1)):
            self.env["mail.scheduled.message"]._post_messages_cron()
        self.assertEqual(order.state, "sent")
        self.assertEqual(self._versions(order).recipient_ids, self.contact)

    def test_other_messages_are_no_version(self):
        order = self._create_sent_offer()
        order.with_user(self.salesman).message_post(body="By the way")
        self.assertEqual(len(order.offer_history_ids), 1)

    def test_versions_are_numbered(self):
        """Sending again makes a new version; replies have their own numbers."""
        order = self._create_sent_offer()
        self._reply(order, "unsure")
        order.order_line[0].price_unit = 120
        self._open_composer(order).save().action_send_mail()
        self._reply(order, "no")
        self.assertEqual(
            [
                (history.kind, history.number)
                for history in order.offer_history_ids.sorted("id")
            ],
            [("sent", 1), ("reply", 1), ("sent", 2), ("reply", 2)],
        )
        revisions = self._versions(order).mapped("revision")
        self.assertLess(revisions[0], revisions[1])

    # === CONTENT ===

    def test_old_versions_stay_as_they_were(self):
        order = self._create_sent_offer()
        history = self._versions(order)
        history._make_pdf()
        before = history.read(), history.line_ids.read(), history._render_html()
        pdf = history.pdf
        line = order.order_line[0]
        line.write({"name": "Something else", "price_unit": 1, "product_uom_qty": 99})
        order.order_line[1].unlink()
        order.note = "New terms"
        self.contact.name = "Renamed"
        order._offer_record("sent", order._get_offer_manager_identity())
        self.env.invalidate_all()
        after = history.read(), history.line_ids.read(), history._render_html()
        self.assertEqual(history.pdf, pdf)
        for old, new in zip(before[0][0].items(), after[0][0].items(), strict=True):
            self.assertEqual(old, new)
        old_lines = [
            {name: value for name, value in vals.items() if name != "sale_line_id"}
            for vals in before[1]
        ]
        new_lines = [
            {name: value for name, value in vals.items() if name != "sale_line_id"}
            for vals in after[1]
        ]
        self.assertEqual(old_lines, new_lines)
        self.assertEqual(before[2], after[2])

    def test_amounts_of_a_reply(self):
        """The row says what the customer has to pay, with discount and delivery."""
        order = self._create_offer()
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.1,
            }
        ).action_apply_discount()
        self._send(order)
        self.assertAlmostEqual(self._versions(order).amount_total, order.amount_total)
        full = order.amount_total
        room, dinner, bus = order.order_line[:3]
        reply = self._reply(order, {room: "yes", dinner: "no", bus: "unsure"})
        self.assertAlmostEqual(reply.amount_total, 448 * 0.9)
        self.assertAlmostEqual(reply.amount_total, order.amount_total)
        self.assertLess(reply.amount_total, full)

    def test_amounts_of_a_refusal(self):
        order = self._create_sent_offer()
        reply = self._reply(order, "no")
        self.assertEqual(reply.amount_total, 0)
        self.assertAlmostEqual(reply.totals["no"]["total"], order.amount_total)

    def test_reply_names_the_visitor(self):
        """A name that was only typed is kept apart from the customer's."""
        order = self._create_sent_offer()
        reply = self._reply(
            order,
            "yes",
            identity=OfferIdentity(
                name="Nobody Knows", email="nobody@anywhere.example"
            ),
        )
        self.assertFalse(reply.partner_id)
        self.assertEqual(reply.name_typed, "Nobody Knows")
        self.assertEqual(
            reply._get_person_name(), "Nobody Knows <nobody@anywhere.example>"
        )
