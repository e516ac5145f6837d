import logging

from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.leaks import LeakMixin
from odoo.addons.offerdesk_test_support.oracle import watched_log
from odoo.addons.offerdesk_test_support.rpc import methods_of_addons

from .common_security import RfqSecurityCase

_logger = logging.getLogger(__name__)

SHAPES = (
    ([], {}),
    ([[]], {}),
    ([[1]], {}),
    ([[]], {"context": {"default_state": "accepted", "active_test": False}}),
)


@tagged("post_install", "-at_install")
class TestSecurityLeaks(LeakMixin, RfqSecurityCase):
    """By call, a customer reads their own requests and nothing else: no formula, no
    version, no link, no note, no other customer."""

    hints = (
        ("0.3133", "0.7479"),
        ("They never p", "Zqey vuxwj k"),
        ("stranger's t", "zqxwjvkp's t"),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rfq.with_user(cls.seller).action_create_quotation()
        cls.rfq.sale_order_ids.action_quotation_sent()
        tokens = [
            *(cls.access.token, cls.vase_access.token, cls.foreign_access.token),
            *(cls.foreign.access_token, cls.design._portal_ensure_token()),
        ]
        cls.secrets = (*cls.secrets, *tokens)
        cls.hints = (*cls.hints, *((one[:20], "f" * 20) for one in tokens))
        cls.env.flush_all()

    def test_nothing_is_told_to_customers(self):
        self.become("rfq_portal")
        calls = self.probe_registry()
        self.assertGreater(calls, 1000)
        _logger.info("%s calls told nothing", calls)

    def test_what_customers_read(self):
        """Their own requests and orders, as pages need them; nobody else's."""
        self.become("rfq_portal")
        found = self.call("rfq.request", "search", []).result
        self.assertEqual(
            set(found), set((self.rfq | self.proposal | self.proposal.parent_id).ids)
        )
        # Odoo's own fields of activities have parts that customers can't read.
        of_core = set(self.env["mail.activity.mixin"]._fields)
        shown = self.call("rfq.request", "fields_get", [], ["type"]).result
        names = sorted(set(shown) - of_core)
        answer = self.call("rfq.request", "read", self.rfq.ids, names)
        self.assertEqual(answer.outcome, "ok", answer.text[:500])
        for model in ("sale.order", "sale.order.line"):
            shown = self.call(model, "fields_get", [], ["type"]).result
            self.assertFalse([name for name in shown if name.startswith("rfq_")])
        for login in ("rfq_stranger", "rfq_employee"):
            self.become(login)
            answer = self.call("rfq.request", "read", self.rfq.ids, ["name"])
            self.assertDenied(answer)

    def test_customers_write_nothing(self):
        self.become("rfq_portal")
        before = self.fingerprint.take()
        for method, *args in (
            ("write", self.rfq.ids, {"message": "x"}),
            ("create", [{"design_id": self.design.id}]),
            ("copy", self.rfq.ids),
            ("unlink", self.rfq.ids),
        ):
            with self.subTest(method):
                self.assertDenied(self.call("rfq.request", method, *args))
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_methods_tell_nothing(self):
        """Whatever is called on whatever record, with whatever arguments."""
        version = self.design.current_version_id
        records = (
            *(self.rfq, self.foreign, self.design, version, self.access),
            *(self.design.parameter_ids[:1], self.design.rule_ids[:1]),
            *(self.rfq.answer_ids[:1], self.rfq.sale_order_ids),
            *(self.env["rfq.request.reply"], self.env["rfq.request.retention"]),
            self.env["rfq.request.quotation"],
        )
        calls = 0
        for login in ("rfq_portal", "rfq_stranger"):
            self.become(login)
            with watched_log():  # public methods of the core complain of odd input
                for record in records:
                    own = methods_of_addons(record, ["rfq_configurator"])
                    shapes = [*SHAPES, ([record.ids], {})]
                    calls += self.probe_methods(record, own, shapes)
        self.assertGreater(calls, 200)
        _logger.info("%s calls of methods told nothing", calls)
