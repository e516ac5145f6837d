import logging

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.offerdesk_test_support.http_case import RouteCase
from odoo.addons.offerdesk_test_support.leaks import LeakMixin
from odoo.addons.offerdesk_test_support.oracle import watched_log
from odoo.addons.offerdesk_test_support.rpc import methods_of_addons, public_methods

from .common import MarketCommon

_logger = logging.getLogger(__name__)

CUSTOMER = {
    "name": "Canaryname asks for a stone",
    "contact_name": "Canaryname Canarova",
    "email_from": "canarymail@canarydomain.example",
    "phone": "+47 913 57 924",
    "street": "Canarystreet 9",
    "description": "Canarynote of the operator",
}
RIVAL = ("Canarywork note", "Canaryletter to the customer")
# A part of each secret, and what looks like it and is nowhere.
HINTS = (
    ("canarym", "zqxwjvk"),
    ("Canarov", "Zqxwjvk"),
    ("913 57 9", "864 20 8"),
    ("9135792", "8642086"),
    ("Canaryst", "Zqxwjvkp"),
)


# Relations whose record a workshop can't read, and whose name is its own anyway.
SHOWN_BY_NAME = {"workshop_id"}


@tagged("post_install", "-at_install")
class TestLeaks(LeakMixin, RouteCase, MarketCommon):
    """Nothing a workshop can call tells of a customer whose contact it has not opened,
    nor what a rival wrote."""

    fingerprint_modules = ("lead_marketplace",)
    hints = HINTS
    secrets = (
        "Canaryname",
        "Canarova",
        "canarymail",
        "canarydomain",
        "913 57 924",
        "91357924",
        "Canarystreet",
        "Canarynote",
        *RIVAL,
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._create_published_request(cls._create_lead(**CUSTOMER))
        take = cls._open(cls.request, cls.granite_user)
        take.sudo().note = RIVAL[0]
        take.sudo().message_post(
            body=RIVAL[1],
            author_id=cls.granite_user.partner_id.id,
            subtype_xmlid="mail.mt_comment",
        )
        # What the asking workshop has itself must not hide what it may not see.
        cls._open(
            cls._create_published_request(cls._create_lead(), name="Another stone"),
            cls.marble_user,
        )
        cls.env.flush_all()

    def test_nothing_is_told(self):
        self.become(self.marble_user.login)
        calls = self.probe_registry()
        self.assertGreater(calls, 1000)
        _logger.info("%s calls told nothing", calls)

    def test_nothing_is_told_to_others(self):
        """Not to somebody with a login alone, nor to a workshop that was sent away."""
        new_test_user(self.env, "market_portal", groups="base.group_portal")
        slate, slate_user = self._create_workshop("slate", "Slate Ltd")
        self._open(self.request, slate_user)
        slate.with_user(self.manager)._set_state("terminated", "Resale")
        self.env.flush_all()
        for login in ("market_portal", slate_user.login):
            self.become(login)
            calls = self.probe_registry()
            _logger.info("%s calls told nothing to %s", calls, login)

    def test_nothing_is_told_to_accountants(self):
        """The books need workshops and amounts, not the customers of the requests."""
        self.become(self.accountant.login)
        for name in self.env.registry:
            if name.startswith(("lead.market.", "crm.", "mail.message", "ir.attach")):
                model = self.env[name]
                if not (model._abstract or model._transient):
                    with self.subTest(name):
                        self._probe_model(model)

    def test_no_field_leads_to_what_is_private(self):
        """What a workshop reads has no way to the lead: a relation shows the name of
        the other record, and a field that is not stored can be searched past its
        groups."""
        checked = 0
        for name in filter(lambda name: name.startswith("lead.market"), self.env):
            model = self.env[name].with_user(self.marble_user)
            if model._abstract or not model.has_access("read"):
                continue
            for field in model._fields.values():
                if not model._has_field_access(field, "read"):
                    self.assertTrue(field.store or not field.related, field)
                    continue
                comodel = field.comodel_name or ""
                if comodel.startswith(("lead.market", "crm.")):
                    checked += 1
                    Comodel = self.env[comodel].with_user(self.marble_user)
                    is_open = Comodel.has_access("read")
                    self.assertTrue(is_open or field.name in SHOWN_BY_NAME, field)
        self.assertGreater(checked, 5)

    def test_methods_tell_nothing(self):
        """Whatever is called on whatever record, with whatever arguments."""
        take = self.request.take_ids
        lead = self.request._get_lead()
        records = [
            *(lead, self.request, take, take.message_ids[:1], take.workshop_id),
            *(self.env["lead.market.order"], self.env["lead.market.accrual"]),
            *(self.env["lead.market.review"], self.env["lead.market.incident"]),
            *(self.env["lead.market.event"], self.env["lead.market.rule"]),
            *(self.env["lead.market.call"], lead.market_call_ids),
            *(self.env["lead.market.invoice.run"], self.env["res.company"]),
        ]
        self.become(self.marble_user.login)
        calls = 0
        with watched_log():  # public methods of the core complain of odd input
            for record in records:
                own = methods_of_addons(record, ["lead_marketplace", "base_offerdesk"])
                calls += self.probe_methods(record, own, self._get_shapes(record))
            for record in (lead, take, self.request):
                names = public_methods(record)
                calls += self.probe_methods(record, names, [([record.ids], {})])
        self.assertGreater(calls, 500)
        _logger.info("%s calls of methods told nothing", calls)

    def _get_shapes(self, record):
        ids = record.ids or [1]
        return [
            ([], {}),
            ([ids], {}),
            ([ids, ["name"]], {}),
            ([ids, {}], {}),
            ([ids, [], [], 1], {}),
            ([ids], {"context": {"su": True, "uid": 1, "active_test": False}}),
        ]

    def test_neither_log_nor_bus_tells(self):
        """What a contact goes through leaves no trace where others read."""
        with self.assertLogs(level="INFO") as logged:
            _logger.info("A contact is opened and written to")
            take = self._open(self.request, self.marble_user).sudo()
            take._send_letter(self.marble_user, "Our offer", "Dear customer")
            self.env.flush_all()
        bus = "".join(self.env["bus.bus"].search([]).mapped("message"))
        for secret in self.secrets:
            self.assertNotIn(secret, "".join(logged.output))
            self.assertNotIn(secret, bus)

    def test_the_probe_finds_what_is_told(self):
        """The one who opened the contact does read it."""
        self.become(self.granite_user.login)
        with self.assertRaisesRegex(AssertionError, "canarymail"):
            self._probe_model(self.env["lead.market.take"])

    def test_the_probe_tells_names_from_rights(self):
        """Everybody reads who is in a channel for everybody, if not their names."""
        member = Command.create({"partner_id": self.operator.partner_id.id})
        self.env["discuss.channel"].create(
            {
                "name": "For everybody",
                "channel_type": "channel",
                "group_public_id": False,
                "channel_member_ids": [member],
            }
        )
        self.env.flush_all()
        self.become(self.marble_user.login)
        self.assertGreater(self._probe_model(self.env["discuss.channel.member"]), 5)
