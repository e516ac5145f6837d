from contextlib import contextmanager
from datetime import datetime, timedelta
from html import unescape

from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.mail.tests.common import MailCase

from .common import NIGHT, NOON, OrderRequestCommon


class GateCase(OrderRequestCommon, AccountPaymentCommon):
    """Orders that customers place at noon, and look at again in the evening."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.odoobot = cls.env["res.users"].browse(SUPERUSER_ID)

    def _place(self, *products, at=NOON, **vals):
        with self.at(at):
            order = self._place_order(*products)
        order.write(vals)
        # Pages of customers run as OdooBot.
        return order.with_user(self.odoobot)

    def _pay(self, order, amount=None):
        """Start a payment as the portal does for a visitor."""
        visitor = self.env(user=self.public_user, su=True)
        with self.env.cr.savepoint():
            return visitor["payment.transaction"].create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.payment_method_id,
                    "operation": "online_direct",
                    "amount": order.amount_total if amount is None else amount,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )

    @contextmanager
    def at(self, moment):
        """Another request, at another time."""
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(moment):
            yield

    def _finish(self, transaction):
        transaction._set_done()
        transaction.with_user(self.odoobot)._post_process()


@tagged("post_install", "-at_install")
class TestOrderGate(MailCase, GateCase):
    """Ways to start an order without the seller, by night."""

    def assert_not_started(self, order):
        order.invalidate_recordset()
        self.assertNotEqual(order.state, "sale")

    def assert_paid_but_held(self, order, reason, transaction):
        """The order waits for the seller, and its payment is not lost."""
        self.assert_not_started(order)
        self.assertTrue(order.gate_held_on)
        self.assertEqual(order.gate_reason, reason)
        self.assertEqual(order.amount_paid, transaction.amount)
        self.assertTrue(transaction.is_post_processed)
        self.assertEqual(transaction.payment_id.amount, transaction.amount)

    def _pay_and_add(self, order, product):
        """Pay at noon, and put more into the order before the payment arrives."""
        with self.at(NOON):
            transaction = self._pay(order)
            order.order_line = [Command.create({"product_id": product.id})]
        with self.at(NOON):
            self._finish(transaction)
        return transaction

    def test_open_by_day(self):
        order = self._place()
        with self.at(NOON):
            self.assertTrue(order._has_to_be_signed())
            order._validate_order()
        self.assertEqual(order.state, "sale")

    def test_who_began_in_time_may_finish(self):
        order = self._place(at=NIGHT - timedelta(hours=1, minutes=10))
        with self.at(NIGHT - timedelta(minutes=45)):
            self.assertTrue(order._has_to_be_signed())

    def test_half_an_hour_later_it_is_too_late(self):
        order = self._place(at=NIGHT - timedelta(hours=1, minutes=10))
        with self.at(NIGHT - timedelta(minutes=30)):
            self.assertFalse(order._has_to_be_signed())
            self.assertFalse(order._has_to_be_paid())

    def test_sign(self):
        order = self._place()
        with self.at(NIGHT):
            self.assertFalse(order._has_to_be_signed())

    def test_payment_is_refused(self):
        order = self._place(require_signature=False, require_payment=True)
        with self.at(NIGHT):
            for amount in (100, 0.01):
                with self.assertRaisesRegex(UserError, "first order with us"):
                    self._pay(order, amount)
        self.assertFalse(order.transaction_ids)

    def test_one_cent_is_not_enough(self):
        order = self._place(require_signature=False, require_payment=False)
        with self.at(NOON):
            with self.assertRaisesRegex(UserError, "less than"):
                self._pay(order, 0.01)
        self.assertFalse(order.transaction_ids)
        self.assert_not_started(order)

    def test_expired_order_is_not_paid(self):
        """Odoo's page takes payments for any quotation, however old its price is."""
        order = self._place(
            require_signature=False, require_payment=True, validity_date=NOON.date()
        )
        with self.at(NOON):
            self.assertTrue(order._has_to_be_paid())
        with self.at(NOON + timedelta(days=2)):
            with self.assertRaisesRegex(UserError, "not valid any more"):
                self._pay(order)
        self.assertFalse(order.transaction_ids)
        self.assert_not_started(order)

    def test_no_payment_without_signature(self):
        order = self._place(require_signature=True, require_payment=True)
        with self.at(NOON), self.assertRaisesRegex(UserError, "sign"):
            self._pay(order)
        self.assertFalse(order.transaction_ids)

    def test_confirmed_by_the_system(self):
        order = self._place()
        with self.at(NIGHT), self.mock_mail_gateway():
            order.action_confirm()
        self.assert_not_started(order)
        self.assertTrue(order.gate_held_on)
        self.assertEqual(order.gate_reason, "first_time")
        self.assertEqual(order.activity_ids.user_id, self.seller)
        self.assertEqual(
            {(mail.recipient_ids.email, mail.subject) for mail in self._new_mails},
            {
                (
                    "request_portal@customer.example",
                    f"Your order {order.name} waits for our approval",
                ),
                ("sofie@seller.example", f"Please approve order {order.name}"),
            },
        )

    def test_state_written_by_the_system(self):
        order = self._place()
        for caller in (order, order.with_user(self.portal_user).sudo()):
            with self.at(NIGHT), self.assertRaises(UserError):
                caller.write({"state": "sale"})
        self.assert_not_started(order)

    def test_created_as_an_order(self):
        with self.at(NIGHT), self.assertRaises(UserError):
            self.env["sale.order"].with_user(self.portal_user).sudo().create(
                {
                    "partner_id": self.contact.id,
                    "order_request_origin": "customer",
                    "state": "sale",
                    "order_line": [Command.create({"product_id": self.logo.id})],
                }
            )

    def test_context_opens_nothing(self):
        order = self._place().with_context(
            send_email=True, su=True, uid=self.seller.id, order_request_approved=True
        )
        with self.at(NIGHT):
            order.action_confirm()
        self.assert_not_started(order)

    def test_seller_confirms(self):
        order = self._place()
        with self.at(NIGHT):
            order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_quotation_of_a_seller_passes(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.contact.id,
                "require_signature": True,
                "order_line": [Command.create({"product_id": self.logo.id})],
            }
        )
        order.action_quotation_sent()
        order = order.with_user(self.odoobot)
        with self.at(NIGHT):
            self.assertTrue(order._has_to_be_signed())
            order._validate_order()
        self.assertEqual(order.state, "sale")

    # --- paid ---

    def test_paid_after_the_gate_shut(self):
        """The payment began in time, the same order, so it counts."""
        order = self._place(require_signature=False, require_payment=True)
        with self.at(NOON):
            transaction = self._pay(order)
        with self.at(NIGHT):
            self._finish(transaction)
        self.assertEqual(order.state, "sale")

    def test_cart_changed_after_the_payment_began(self):
        order = self._place(require_signature=False, require_payment=False)
        transaction = self._pay_and_add(order, self.poster)
        self.assert_paid_but_held(order, "amount", transaction)

    def test_cart_exchanged_after_the_payment_began(self):
        card = self._create_service("Card", 100)
        order = self._place(card, require_signature=False, require_payment=True)
        with self.at(NIGHT):
            transaction = self._pay(order)
            order.order_line.product_id = self.logo
        with self.at(NIGHT):
            self._finish(transaction)
        self.assert_paid_but_held(order, "changed", transaction)

    def test_gate_comes_after_the_payment_began(self):
        self.policy.is_enabled = False
        order = self._place(require_signature=False, require_payment=True)
        with self.at(NIGHT):
            transaction = self._pay(order)
            self.policy.is_enabled = True
            order.gate_pass_on = False
        with self.at(NIGHT):
            self._finish(transaction)
        self.assert_paid_but_held(order, "first_time", transaction)
        with self.mock_mail_gateway():
            order.with_user(self.seller).action_gate_approve()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.request_approved_by_id, self.seller)
        self.assertFalse(order.gate_held_on)

    def test_held_order_is_refused(self):
        order = self._place()
        with self.at(NIGHT):
            order.action_confirm()
        with self.mock_mail_gateway():
            order.with_user(self.seller).action_gate_refuse()
        self.assertEqual(order.state, "cancel")
        self.assertFalse(order.cancelled_on, "it never started")
        self.assertIn("can't start", self._new_mails.subject)
        self.assertIn(order.get_portal_url(), unescape(self._new_mails.body_html))
        with self.assertRaisesRegex(UserError, "does not wait"):
            order.with_user(self.seller).action_gate_approve()

    # --- offers ---

    def _sent_offer(self, **kwargs):
        request = self._send_request()
        return self._offer(request, **kwargs).with_user(self.odoobot)

    def test_approved_offer_is_signed(self):
        order = self._sent_offer()
        with self.at(NIGHT):
            self.assertTrue(order._has_to_be_signed())
            order._validate_order()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_request_id.state, "accepted")

    def test_free_offer_is_signed(self):
        order = self._sent_offer(price=0)
        self.assertTrue(order._has_to_be_signed())

    def test_offer_ends_at_its_moment(self):
        with self.at(NOON):
            order = self._sent_offer(expires_on=NOON + timedelta(hours=1))
        # Odoo itself would take it until the end of the day.
        with self.at(NOON + timedelta(hours=2)):
            self.assertTrue(order.is_expired)
            self.assertFalse(order._has_to_be_signed())
            with self.assertRaisesRegex(UserError, "expired"):
                self._pay(order)
        self.assertFalse(order.transaction_ids)

    def test_offer_lasts_until_its_moment(self):
        """Odoo itself would end it with the day in London."""
        self.policy.tz = "America/New_York"
        end = datetime(2026, 6, 16, 3, 59)  # the last minute of the 15th there
        with self.at(NOON):
            order = self._sent_offer(expires_on=end)
            self.assertEqual(str(order.validity_date), "2026-06-15")
        with self.at(end - timedelta(minutes=1)):
            self.assertFalse(order.is_expired)
            self.assertTrue(order._has_to_be_signed())
        with self.at(end + timedelta(minutes=1)):
            self.assertTrue(order.is_expired)
            self.assertFalse(order._has_to_be_signed())

    def test_offer_that_the_seller_ends_earlier(self):
        """An offer without end has Odoo's date, if the seller sets one."""
        with self.at(NOON):
            order = self._sent_offer()
            order.sudo().validity_date = NOON.date()
        order.require_signature = False
        with self.at(NOON + timedelta(days=2)):
            with self.assertRaisesRegex(UserError, "not valid any more"):
                self._pay(order)
        self.assertFalse(order.transaction_ids)

    def test_offer_being_paid_does_not_run_out(self):
        """Not by the job, nor by what the customer opens meanwhile."""
        with self.at(NOON):
            order = self._sent_offer(expires_on=NOON + timedelta(hours=1))
            order.write({"require_signature": False, "require_payment": True})
            transaction = self._pay(order)
            transaction._set_pending()
        request = order.order_request_id
        late = NOON + timedelta(hours=2)
        self.run_clock(late)
        with self.at(late):
            request.sudo()._expire_if_due()
            self.assertEqual((request.state, order.state), ("offered", "sent"))
            self._finish(transaction)
        self.assertEqual((request.state, order.state), ("accepted", "sale"))

    def test_offer_is_paid_in_full_or_not(self):
        order = self._sent_offer()
        order.write({"require_signature": False})
        with self.assertRaisesRegex(UserError, "less than"):
            self._pay(order, 0.01)
        self.assertFalse(order.transaction_ids)

    def test_offer_that_grows_while_it_is_paid(self):
        """Customers choose optional services on the page of an offer."""
        order = self._sent_offer()
        order.write({"require_signature": False, "require_payment": True})
        transaction = self._pay_and_add(order, self.poster)
        self.assert_paid_but_held(order, "amount", transaction)
        self.assertEqual(order.order_request_id.state, "offered")

    def test_draft_of_an_offer_is_not_signable(self):
        request = self._send_request()
        draft = self.env["sale.order"].create(
            {
                "partner_id": self.contact.id,
                "order_request_id": request.id,
                "require_signature": True,
                "order_line": [Command.create({"product_id": self.logo.id})],
            }
        )
        self.assertFalse(draft.with_user(self.odoobot)._has_to_be_signed())

    # --- who ---

    def test_returning_customer(self):
        order = self._place()
        order.with_user(self.seller).action_confirm()
        later = self._place(at=NIGHT)
        with self.at(NIGHT + timedelta(hours=2)):
            self.assertTrue(later._has_to_be_signed())

    def test_free_order_makes_nobody_a_customer(self):
        free = self._place(self._create_service("Talk", 0))
        free.with_user(self.seller).action_confirm()
        order = self._place()
        with self.at(NIGHT):
            self.assertFalse(order._has_to_be_signed())

    def test_colleague_shares_the_history(self):
        self._place().with_user(self.seller).action_confirm()
        with self.at(NOON):
            order = self._place_order(user=self.colleague_user)
        with self.at(NIGHT):
            self.assertTrue(order._has_to_be_signed())

    def test_offer_received_exempts_for_a_while(self):
        with self.at(NOON - timedelta(days=10)):
            self._sent_offer()
        order = self._place()
        with self.at(NIGHT):
            self.assertTrue(order._has_to_be_signed())
        with self.at(NIGHT + timedelta(days=25)):
            order.gate_pass_on = False
            self.env.flush_all()
            order.invalidate_recordset()
            self.assertFalse(order._has_to_be_signed())

    def test_wire_transfer_on_its_way_is_no_offer(self):
        order = self._place(require_signature=False, require_payment=True)
        with self.at(NOON):
            transaction = self._pay(order)
            transaction._set_pending()
            transaction.with_user(self.odoobot)._post_process()
        self.assertEqual(order.state, "sent")
        other = self._place()
        with self.at(NIGHT):
            self.assertFalse(other._has_to_be_signed())

    def test_strictest_of_two_sellers(self):
        self.env["order.request.policy"].create(
            {
                "user_id": self.seller.id,
                "all_services": True,
                "tz": "Europe/Paris",
                "away_ids": [
                    Command.create({"date_from": "2026-06-01", "date_to": "2026-06-30"})
                ],
            }
        )
        self.poster.order_request_user_id = self.seller
        order = self._place(self.logo, self.poster)
        order.gate_pass_on = False
        with self.at(NOON):
            self.assertEqual(order.gate_check["outcome"], "closed")
            self.assertEqual(
                order.gate_check["services"], self.poster.product_tmpl_id.ids
            )

    def test_copy_is_a_new_quotation(self):
        order = self._place()
        order.write({"request_approved_on": NOON, "gate_reason": "outside_hours"})
        copy = order.with_user(self.seller).copy()
        self.assertFalse(copy.request_approved_on)
        self.assertFalse(copy.gate_pass_on)
        self.assertEqual(copy.order_request_origin, "seller")


@tagged("post_install", "-at_install")
class TestWithoutPolicy(GateCase):
    """Where nobody made a policy, Odoo works as if we were not there."""

    def test_any_amount_confirms(self):
        self.policy.unlink()
        order = self._place(require_signature=False, require_payment=False)
        self._finish(self._pay(order, 0.01))
        self.assertEqual(order.state, "sale")
