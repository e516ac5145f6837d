from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.oracle import watched_log
from odoo.addons.offerdesk_test_support.rpc import (
    RpcMixin,
    methods_of_addons,
    public_methods,
)

from .common_security import OfferSecurityCase

# Fields that customers may read on their own orders and lines. A new field is internal
# (groups="base.group_user") unless it is added here on purpose.
CUSTOMER_FIELDS = {
    "sale.order": {
        "order_line",  # of the core, made stricter
        "offer_reply_enabled",
        "offer_allow_unsure",
        "offer_revision",
        "offer_status",
        "offer_yes_count",
        "offer_unsure_count",
        "offer_no_count",
        "offer_open_count",
        "offer_has_unsure",
        "offer_totals",
        "offer_replied_date",
    },
    "sale.order.line": {
        "offer_published",
        "offer_terms",
        "offer_qty",
        "offer_answer",
        "offer_answer_by_id",
        "offer_answer_date",
        "offer_comment",
        "offer_line_status",
        "offer_amount",
        "offer_discount_percent",
    },
    "mail.message": {"is_offer_feedback"},
    "product.template": {"offer_terms"},
    "product.product": {"offer_terms"},
    # settings that the customer's page shows by what it does
    "res.company": {
        "offer_reply_default",
        "offer_allow_unsure",
        "offer_access_mode",
        "offer_portal_image",
        "offer_portal_message",
        "offer_terms_checkbox",
        "offer_unsure_reminder_days",
        "offer_expiry_reminder_days",
    },
}
OWN_MODELS = (
    "sale.offer.history",
    "sale.offer.history.line",
    "sale.offer.decline",
    "sale.offer.feedback.reply",
    "portal.throttle",
)


@tagged("post_install", "-at_install")
class TestSecurityRpc(RpcMixin, OfferSecurityCase):
    """What customers reach past the pages, by calling models themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.write(
            {
                "offer_manager_ids": [(6, 0, cls.salesman.ids)],
                "offer_contact_ids": [(6, 0, cls.contact.ids)],
            }
        )
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.become("offer_portal")

    # === FIELDS ===

    def test_every_field_is_internal_or_meant_for_customers(self):
        for model, customer_fields in CUSTOMER_FIELDS.items():
            with self.subTest(model):
                fields = self.env[model]._fields.values()
                ours = {
                    field.name
                    for field in fields
                    if "sale_offer_reply" in field._modules and not field.groups
                }
                self.assertEqual(ours - customer_fields, set(), "readable by customers")

    def test_internal_fields_can_be_neither_read_nor_asked_about(self):
        """Not in a read, nor by search, order or grouping, with whatever operator."""
        order = self.order
        internal = [
            field.name
            for field in order._fields.values()
            if "sale_offer_reply" in field._modules and field.groups
        ]
        self.assertGreater(len(internal), 8)
        for name in internal:
            with self.subTest(name):
                self.assertDenied(self.call("sale.order", "read", order.ids, [name]))
                for operator, value in (("!=", False), ("=", False), (">", 0)):
                    for model, path in (
                        ("sale.order", name),
                        ("sale.order", f"order_line.order_id.{name}"),
                        ("sale.order.line", f"order_id.{name}"),
                    ):
                        domain = [(path, operator, value)]
                        self._check_tells_nothing(model, "search_count", domain)
                self._check_tells_nothing(
                    "sale.order", "formatted_read_group", [], [name], ["__count"]
                )
                self._check_tells_nothing("sale.order", "search", [], order=name)

    def _check_tells_nothing(self, model, method, *args, **kwargs):
        """A question about a field is refused, or can't be asked at all."""
        answer = self.call(model, method, *args, **kwargs)
        self.assertIn(
            answer.outcome,
            ("error AccessError", "error ValueError", "error UserError"),
            f"{model}.{method}{args} {answer.text[:300]}",
        )

    def test_internal_fields_are_not_told_by_name(self):
        names = self.call("sale.order", "fields_get", []).result
        ours = {name for name in names if name.startswith("offer_")}
        self.assertEqual(ours, CUSTOMER_FIELDS["sale.order"] - {"order_line"})

    # === LINES THAT ARE NOT SHOWN ===

    def test_hidden_line_is_not_readable(self):
        hidden = self.hidden_line
        self.assertDenied(self.call("sale.order.line", "read", hidden.ids, ["name"]))
        self.assertDenied(
            self.call("sale.order.line", "web_read", hidden.ids, {"name": {}})
        )
        found = self.call(
            "sale.order.line", "search", [("order_id", "=", self.order.id)]
        )
        self.assertEqual(set(found.result), set((self.order.order_line - hidden).ids))
        order = self.call("sale.order", "read", self.order.ids, ["order_line"]).result
        self.assertNotIn(hidden.id, order[0]["order_line"])

    def test_nothing_can_be_guessed_of_a_hidden_line(self):
        """A right guess gets the same answer as a wrong one."""
        guesses = [
            ("name", "Secret plan B marquee", "Nonsense"),
            ("price_unit", 7654.32, 1.23),
            ("product_id", self.hidden_product.id, 99999999),
            ("product_id.name", "Plan B marquee", "Nonsense"),
            ("offer_line_status", "unpublished", "changed"),
            ("offer_qty", 1, 2),
        ]
        for field, right, wrong in guesses:
            with self.subTest(field):
                for model, path in (
                    ("sale.order.line", field),
                    ("sale.order", f"order_line.{field}"),
                ):
                    good, bad = (
                        self.call(model, "search_count", [(path, "=", value)])
                        for value in (right, wrong)
                    )
                    self.assertEqual(good.outcome, bad.outcome)
                    self.assertEqual(good.result, bad.result)
        prefixes = [
            self.call(
                "sale.order",
                "search_count",
                [("order_line.name", "=like", f"{letter}%")],
            )
            for letter in "SZ"
        ]
        self.assertEqual(prefixes[0].result, prefixes[1].result)

    # === WRITING ===

    def test_customers_write_nothing(self):
        line = self.order.order_line[0]
        calls = [
            ("sale.order", "write", self.order.ids, {"offer_revision": 0}),
            ("sale.order", "write", self.order.ids, {"offer_reply_enabled": False}),
            ("sale.order.line", "write", line.ids, {"offer_answer": "yes"}),
            ("sale.order.line", "write", line.ids, {"offer_published": False}),
            ("sale.order.line", "create", {"order_id": self.order.id, "name": "x"}),
            ("sale.offer.history", "create", {"order_id": self.order.id}),
            ("sale.offer.history", "unlink", self.history.ids),
            ("portal.throttle", "create", {"key": "x"}),
            (
                "sale.offer.decline",
                "create",
                {"order_id": self.order.id, "reason": "x"},
            ),
            ("mail.message", "create", {"body": "x", "is_offer_feedback": True}),
        ]
        before = self.fingerprint.take()
        for model, method, *args in calls:
            with self.subTest(f"{model}.{method}"):
                self.assertDenied(self.call(model, method, *args))
        self.assertFalse(self.fingerprint.changed(before))

    def test_nobody_rewrites_history(self):
        """Not even the administrator."""
        self.env.ref("base.user_admin").password = "admin"
        self.become("admin")
        before = self.fingerprint.take()
        for method, *args in (
            ("write", {"message": "x"}),
            ("write", {"pdf_state": "pending"}),
            ("unlink",),
            ("copy",),
        ):
            with self.subTest(method, args=args):
                answer = self.call(
                    "sale.offer.history", method, self.history.ids, *args
                )
                self.assertTrue(answer.error, answer.text[:300])
        self.assertFalse(self.fingerprint.changed(before))

    # === OWN MODELS ===

    def test_own_models_are_closed(self):
        for login in ("offer_portal", "offer_stranger", "offer_employee"):
            self.become(login)
            for model in OWN_MODELS:
                for method, args in (
                    ("search_read", [[]]),
                    ("search_count", [[]]),
                    ("formatted_read_group", [[], ["id"], []]),
                    ("name_search", [""]),
                ):
                    with self.subTest(f"{login}: {model}.{method}"):
                        self.assertDenied(self.call(model, method, *args))

    def test_salesperson_of_another_team(self):
        """Sees neither the history nor the counters of orders that are not theirs."""
        self.become("offer_other_salesman")
        found = self.call("sale.offer.history", "search", [])
        self.assertEqual(found.result, [])
        self.assertDenied(
            self.call("sale.offer.history", "read", self.history.ids, ["message"])
        )
        self.assertDenied(self.call("portal.throttle", "search", []))
        actions = methods_of_addons(self.order, ["sale_offer_reply"])
        for name in actions:
            if name.startswith("action_"):
                answer = self.call("sale.order", name, self.order.ids)
                self.assertTrue(
                    answer.error or isinstance(answer.result, dict),
                    f"{name} {answer.text}",
                )

    # === METHODS ===

    def test_public_methods_do_no_harm(self):
        """Whatever a customer calls changes nothing and tells no secret."""
        records = [
            self.order,
            self.hidden_line,
            self.history,
            self.history.line_ids[:1],
            self.env["sale.offer.decline"],
            self.env["sale.offer.feedback.reply"],
            self.env["portal.throttle"],
        ]
        calls = 0
        with watched_log():  # the core's own public methods complain of odd input
            for record in records:
                ours = methods_of_addons(record, ["base_offerdesk", "sale_offer_reply"])
                for login in ("offer_portal", "offer_stranger"):
                    self.become(login)
                    calls += self.probe_methods(record, ours, self._get_shapes(record))
            self.become("offer_portal")
            for record in (self.order, self.hidden_line):
                names = public_methods(record)
                calls += self.probe_methods(record, names, [([record.ids], {})])
        self.assertGreater(calls, 300)

    def _get_shapes(self, record):
        ids = record.ids or [1]
        context = {"offer_own_write": True, "su": True, "uid": 1}
        return [
            ([], {}),
            ([ids], {}),
            ([ids, ["name"]], {}),
            ([ids], {"context": context}),
        ]
