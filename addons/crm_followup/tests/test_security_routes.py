from uuid import uuid4

from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.fuzzing import FuzzMixin
from odoo.addons.offerdesk_test_support.http_case import Route, RouteCase
from odoo.addons.offerdesk_test_support.matrix import routes_of
from odoo.addons.offerdesk_test_support.oracle import watched_log
from odoo.addons.offerdesk_test_support.rpc import RpcMixin

from .common import CUSTOMER, FollowupCase

TRIES = 20


def _link(case):
    return {"email": CUSTOMER, "token": case.token}


ASK = Route(
    "/followup/unsubscribe",
    fields=_link,
    token="token",
    others=("POST",),
    shows=lambda case: "No more questions?",
)
UNSUBSCRIBE = Route(
    "/followup/unsubscribe",
    verb="POST",
    fields=_link,
    token="token",
    writes=True,
    others=("GET", "HEAD"),
    shows=lambda case: "You are unsubscribed",
)


class FollowupSecurityCase(RouteCase, FollowupCase):
    """A deal that is followed up, and the link in its mails."""

    fingerprint_modules = ("base", "mail", "crm", "base_offerdesk", "crm_followup")
    fingerprint_ignored = ("portal_throttle",)
    secrets = ("Garden room",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_lead()
        cls.token = cls.env["crm.followup.opt.out"]._get_token(CUSTOMER)
        cls.env.flush_all()
        cls.cr.precommit.run()  # what is tracked would be written by some test else


@tagged("post_install", "-at_install")
class TestSecurityFuzz(FuzzMixin, FollowupSecurityCase):
    """Bad input gets a page or a clean refusal, and changes nothing."""

    def test_all_routes_are_tested(self):
        known = {route.rule for route in (ASK, UNSUBSCRIBE)}
        self.assertEqual(routes_of(self.env, "crm_followup").keys(), known)

    def test_link(self):
        self.become(None)
        self.fuzz(ASK)

    def test_button(self):
        self.become(None)
        self.fuzz(UNSUBSCRIBE)


@tagged("post_install", "-at_install")
class TestSecurityRevocation(RpcMixin, FollowupSecurityCase):
    """What was good before is denied with the next request."""

    def test_links_of_another_key(self):
        """With the key of the database all links in mails go."""
        self.become(None)
        for route in (ASK, UNSUBSCRIBE):
            with self.undone():
                self.assertIn(route.shows(self), self.send(route).text)
        old = _link(self)
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("database.secret", str(uuid4()))
        self.env.flush_all()
        before = self.fingerprint.take()
        with watched_log():
            for number in range(TRIES):
                self.env["portal.throttle"].search([]).unlink()
                route = (ASK, UNSUBSCRIBE)[number % 2]
                self.assertEqual(self.send(route, old).outcome, "404")
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_deal_given_to_a_colleague(self):
        """Who lost the deal reads nothing more of what was sent to its customer."""
        enrollment = self._start(self.lead)
        rows = (enrollment, self.lead.followup_log_ids)
        self.env.flush_all()
        self.become("followup_sofie")
        for records in rows:
            answer = self.call(records._name, "read", records.ids, ["lead_id"])
            self.assertEqual(answer.outcome, "ok")
        self.lead.user_id = self.colleague
        self.env.flush_all()
        with watched_log():
            for number in range(TRIES):
                records = rows[number % 2]
                answer = self.call(records._name, "read", records.ids, ["lead_id"])
                self.assertEqual(answer.outcome, "error AccessError")
