from functools import partial

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.http_case import RouteCase
from odoo.addons.offerdesk_test_support.rpc import RpcMixin

from .common import MarketCommon

ROLES = ("workshop", "operator", "manager", "accountant")
# Who may read, write, create and unlink: for the workshop, the operator, the manager
# and the accountant, in this order.
MODELS = {
    "crm.lead": ("", "rwc", "rwc", ""),
    "lead.market.call": ("", "rc", "rc", ""),
    "lead.market.request": ("r", "rwc", "rwcu", "r"),
    "lead.market.take": ("r", "r", "r", "r"),
    "lead.market.take.key": ("", "r", "r", ""),
    "lead.market.order": ("r", "rwc", "rwc", "r"),
    "lead.market.accrual": ("r", "r", "r", "r"),
    "lead.market.rule": ("", "r", "rwcu", "r"),
    "lead.market.rule.bracket": ("", "r", "rwcu", "r"),
    "lead.market.incident": ("r", "rwc", "rwc", "r"),
    "lead.market.event": ("", "r", "r", "r"),
    "lead.market.review": ("r", "rw", "rwu", ""),
    "lead.market.workshop": ("", "rwc", "rwcu", "r"),
    "lead.market.category": ("r", "r", "rwcu", "r"),
    "lead.market.tier": ("", "r", "rwcu", "r"),
    "lead.market.letter": ("r", "", "", ""),
    "lead.market.own.customer": ("r", "", "", ""),
    "lead.market.invoice.run": ("", "", "r", "r"),
    "lead.market.invoice.run.line": ("", "", "r", "r"),
}
METHODS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
# Readonly, yet given when the record is made: nothing of it can be changed later.
GIVEN_ONCE = {"lead.market.call": {"lead_id"}}
# Their own answer to any write comes before that of the rights.
HISTORY = {"lead.market.call", "lead.market.event"}
BASE = {"id", "create_uid", "create_date", "write_uid", "write_date", "display_name"}


@tagged("post_install", "-at_install")
class TestSecurityRoles(RpcMixin, RouteCase, MarketCommon):
    """Who may do what by calling the models, whatever the forms show."""

    fingerprint_modules = ("lead_marketplace", "crm")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = dict(
            zip(
                ROLES,
                (cls.granite_user, cls.operator, cls.manager, cls.accountant),
                strict=True,
            )
        )
        cls.request = cls._create_published_request()
        cls.take = cls._open(cls.request, cls.granite_user)
        cls.order = cls._declare(cls.take, cls.granite_user).with_user(cls.operator)
        cls.order.action_confirm()
        env = cls.env
        cls.incident = env["lead.market.incident"].create(
            {"workshop_id": cls.granite.id, "order_id": cls.order.id, "reason": "Late"}
        )
        cls.incident.action_confirm()
        cls.draft = cls.incident.create(
            {"workshop_id": cls.granite.id, "reason": "Sent advertisements"}
        )
        cls.review = env["lead.market.review"]._submit(
            cls.take.sudo(), 2, "They were late, twice, and the stone is crooked."
        )
        cls.review.action_publish()
        cls._set_brackets(cls.rule, "marginal", [(0, 10)])
        run = env["lead.market.invoice.run"]._start(scheduled=False)
        cls.records = {
            "crm.lead": cls.request._get_lead(),
            "lead.market.call": cls.request._get_lead().market_call_ids,
            "lead.market.request": cls.request,
            "lead.market.take": cls.take,
            "lead.market.take.key": cls.take.sudo().key_ids[:1],
            "lead.market.order": cls.order,
            "lead.market.accrual": cls.order.accrual_ids,
            "lead.market.rule": cls.rule,
            "lead.market.rule.bracket": cls.rule.bracket_ids,
            "lead.market.incident": cls.incident,
            "lead.market.event": env["lead.market.event"].search([], limit=1),
            "lead.market.review": cls.review,
            "lead.market.workshop": cls.granite,
            "lead.market.category": cls.memorials,
            "lead.market.tier": env["lead.market.tier"].create({"name": "Gold"}),
            "lead.market.letter": env["lead.market.letter"].create(
                {
                    "workshop_id": cls.granite.id,
                    "name": "Offer",
                    "subject": "Our offer",
                    "body": "Dear customer",
                }
            ),
            "lead.market.own.customer": env["lead.market.own.customer"].create(
                {"workshop_id": cls.granite.id, "name": "Ivanova Maria"}
            ),
            "lead.market.invoice.run": run,
            "lead.market.invoice.run.line": run.line_ids.create(
                {
                    "run_id": run.id,
                    "company_id": cls.company.id,
                    "workshop_partner_id": cls.granite.partner_id.id,
                    "currency_id": cls.company.currency_id.id,
                    "result": "skipped",
                }
            ),
        }
        cls.env.flush_all()

    def _args(self, operation, record):
        return {
            "r": (record.ids, ["display_name"]),
            "w": (record.ids, {}),
            "c": ({},),
            "u": (record.ids,),
        }[operation]

    # === MODELS ===

    def test_every_model_is_in_the_table(self):
        ours = {
            name
            for name, model in self.env.registry.items()
            if model._original_module == "lead_marketplace"
            and not (model._abstract or model._transient)
        }
        self.assertEqual(ours - MODELS.keys(), set())

    def test_models(self):
        """Each role reads, writes, creates and deletes what the table says."""
        wrong = []
        for number, role in enumerate(ROLES):
            self.become(self.users[role].login)
            for model, allowed in MODELS.items():
                for operation, method in METHODS.items():
                    with self.undone():
                        answer = self.call(
                            model, method, *self._args(operation, self.records[model])
                        )
                    is_denied = answer.outcome in self._get_denials(model, operation)
                    if is_denied == (operation in allowed[number]):
                        wrong.append(f"{role} {model}.{method}: {answer.outcome}")
        self.assertFalse(wrong, "\n".join(wrong))

    def _get_denials(self, model, operation):
        """Return the outcomes that mean no: history can be changed by nobody at all."""
        is_history = operation == "w" and model in HISTORY
        return {"error AccessError", "error UserError" if is_history else None}

    # === FIELDS ===

    def test_readonly_fields_are_written_by_methods_only(self):
        """What no form lets anybody enter can't be entered by a call either."""
        for model, (_workshop, operator, manager, _accountant) in MODELS.items():
            Model = self.env[model]
            if model == "crm.lead" or not {"w", "c"} & set(operator + manager):
                continue
            readonly = {
                name
                for name, field in Model._fields.items()
                if field.store and field.readonly and field._modules
                if "lead_marketplace" in field._modules
            } - BASE
            guarded = getattr(Model, "_guarded_fields", frozenset())
            with self.subTest(model):
                self.assertEqual(
                    readonly - guarded - GIVEN_ONCE.get(model, set()), set()
                )
                self.assertLessEqual(guarded, Model._fields.keys())

    def test_guarded_fields(self):
        """Neither written, nor given at creation, nor smuggled in as a default."""
        before = self.fingerprint.take()
        tries = 0
        for user in (self.operator, self.manager):
            for model, record in self.records.items():
                as_user = record.with_user(user)
                for name in getattr(record, "_guarded_fields", ()):
                    smuggled = as_user.with_context(**{f"default_{name}": False})
                    for attempt in (
                        partial(as_user.write, {name: False}),
                        partial(as_user.create, {name: False}),
                        partial(smuggled.create, {}),
                    ):
                        with self.subTest(f"{user.login} {model}", field=name):
                            # an incident that is decided refuses everything
                            with self.assertRaises(UserError):
                                attempt()
                        tries += 1
        self.assertGreater(tries, 300)
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_decisions(self):
        """A decision is made by its button, which checks what speaks against it."""
        self.become(self.operator.login)
        for model, record, vals in (
            ("lead.market.order", self.order, {"decision": "cancelled"}),
            ("lead.market.order", self.order, {"state": "paid", "commission": 0}),
            ("lead.market.request", self.request, {"state": "draft"}),
            ("lead.market.incident", self.draft, {"state": "confirmed"}),
            ("lead.market.workshop", self.granite, {"state": "terminated"}),
            ("lead.market.review", self.review, {"rating": 5, "text": "All good."}),
        ):
            with self.subTest(model):
                self.assertDenied(self.call(model, "write", record.ids, vals))
                self.assertDenied(self.call(model, "create", vals))
        self.assertIn("only a manager", self._error("action_cancel"))
        self.become(self.manager.login)
        self.assertEqual(self._call_order("action_cancel").outcome, "ok")
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "cancelled")

    def _call_order(self, method, *args):
        return self.call("lead.market.order", method, self.order.ids, *args)

    def _error(self, method, *args):
        answer = self._call_order(method, *args)
        self.assertEqual(answer.outcome, "error UserError")
        return answer.text.lower()

    def test_order_is_not_moved(self):
        """What one workshop owes does not become another's."""
        other = self._open(self._create_published_request(), self.marble_user)
        self.become(self.operator.login)
        self.assertDenied(self._call_order("write", {"take_id": other.id}))
        self.assertEqual(self.order.workshop_partner_id, self.granite.partner_id)

    def test_request_is_not_published_without_a_talk(self):
        """Not by writing the state of a new one either."""
        self.become(self.operator.login)
        vals = {"name": "Stone", "state": "published"}
        self.assertDenied(self.call("lead.market.request", "create", vals))

    def test_talk_is_logged_by_who_talked(self):
        """Nobody logs a call for somebody else, or for another day."""
        self.become(self.operator.login)
        talk = {"lead_id": self.request._get_lead().id, "result": "reached"}
        for name, value in (("user_id", self.manager.id), ("date", "2020-01-01")):
            with self.subTest(name):
                answer = self.call("lead.market.call", "create", {**talk, name: value})
                self.assertDenied(answer)

    def test_confirmed_incident_stays_as_it_was_told(self):
        self.become(self.manager.login)
        for vals, outcome in (
            ({"reason": "Never paid"}, "error UserError"),
            ({"note": "Called them."}, "ok"),
        ):
            answer = self.call("lead.market.incident", "write", self.incident.ids, vals)
            self.assertEqual(answer.outcome, outcome)

    def test_ledger_and_history(self):
        """Nobody changes them, not even as the administrator."""
        self.env.ref("base.user_admin").password = "admin"
        self.become("admin")
        before = self.fingerprint.take()
        for model, vals in (
            ("lead.market.accrual", {"amount": 1}),
            ("lead.market.event", {"kind": "x"}),
            ("lead.market.call", {"note": "x"}),
            ("lead.market.take", {"terms": {"percent": 0}}),
        ):
            for method, *args in (("write", vals), ("unlink",)):
                with self.subTest(f"{model}.{method}"):
                    answer = self.call(model, method, self.records[model].ids, *args)
                    self.assertTrue(answer.error, answer.text[:300])
        self.assertEqual(self.fingerprint.changed(before), [])

    # === CONTACTS ===

    def test_accountant_sees_no_contact(self):
        """The books need the workshop's name, not the customer's."""
        self.take.sudo().message_post(
            body="Please call me at 47 11 22 33.",
            email_from="vera.customer@private.example",
            message_type="email",
            attachments=[("number.txt", b"47 11 22 33")],
            subtype_xmlid="mail.mt_comment",
        )
        self.become(self.accountant.login)
        for name in ("customer_name", "customer_email", "customer_phone", "for_whom"):
            with self.subTest(name):
                self.assertDenied(
                    self.call("lead.market.take", "read", self.take.ids, [name])
                )
        for model, domain in (
            ("mail.message", [("model", "=", "lead.market.take")]),
            ("ir.attachment", [("res_model", "=", "lead.market.take")]),
        ):
            with self.subTest(model):
                answer = self.call(model, "search_read", domain, ["display_name"])
                self.assertEqual(answer.result, [])
        self.become(self.operator.login)
        answer = self.call(model, "search_read", domain, ["name"])
        self.assertEqual(answer.result[0]["name"], "number.txt")
