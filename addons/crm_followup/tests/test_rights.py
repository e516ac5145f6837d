from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import FollowupCase


@tagged("post_install", "-at_install")
class TestRights(FollowupCase):
    """Salespeople follow up their own deals, managers make the sequences."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_lead()

    def setUp(self):
        super().setUp()
        self.enrollment = self._start(self.lead)

    def test_nobody_writes_the_history(self):
        for user in (self.sofie, self.manager):
            enrollment = self.enrollment.with_user(user)
            log = self.lead.followup_log_ids.with_user(user)
            for records, vals in (
                (enrollment, {"state": "finished"}),
                (log, {"kind": "reply"}),
            ):
                with self.subTest(user=user.login, model=records._name):
                    with self.assertRaises(AccessError):
                        records.write(vals)
                    with self.assertRaises(AccessError):
                        records.unlink()
                    with self.assertRaises(AccessError):
                        records.create({"lead_id": self.lead.id})

    def test_own_deals(self):
        for model in ("crm.followup.enrollment", "crm.followup.log"):
            domain = [("lead_id", "=", self.lead.id)]
            for user, count in (
                (self.sofie, 1),
                (self.colleague, 0),
                (self.manager, 1),
            ):
                with self.subTest(model=model, user=user.login):
                    Model = self.env[model].with_user(user)
                    self.assertEqual(Model.search_count(domain), count)

    def test_sequences_are_the_managers(self):
        sequence = self.sequence.with_user(self.sofie)
        self.assertEqual(sequence.name, "After the offer")
        for call in (
            lambda: sequence.write({"name": "Mine"}),
            lambda: sequence.step_ids[0].write({"delay_days": 0}),
            lambda: sequence.create({"name": "Mine"}),
        ):
            with self.assertRaises(AccessError):
                call()
        self.sequence.with_user(self.manager).name = "After each offer"

    def test_approval_is_the_managers(self):
        Template = self.env["mail.template"].with_user(self.sofie)
        model = self.env["ir.model"]._get_id("crm.lead")
        with self.assertRaises(AccessError):
            Template.create(
                {"name": "Mine", "model_id": model, "followup_approved": True}
            )
        mine = Template.create({"name": "Mine", "model_id": model, "subject": "Hi"})
        with self.assertRaises(AccessError):
            mine.followup_approved = True
        with self.assertRaises(AccessError):
            mine.action_followup_approve()
        mine.with_user(self.manager).action_followup_approve()
        self.assertTrue(mine.followup_approved)
        # another name is no other letter
        mine.name = "Ours"
        self.assertTrue(mine.followup_approved)
        mine.body_html = "<p>Buy now!</p>"
        self.assertFalse(mine.followup_approved)
        mine.with_user(self.manager).action_followup_approve()
        self.manager.group_ids += self.env.ref("mail.group_mail_template_editor")
        mine.with_user(self.manager).body_html = "<p>Hello</p>"
        self.assertTrue(mine.followup_approved)
        self.assertFalse(mine.copy().followup_approved)

    def test_steps_need_approved_templates(self):
        draft = self._create_template("Draft", followup_approved=False)
        with self.assertRaises(ValidationError):
            self.sequence.step_ids[0].with_user(self.manager).template_id = draft

    def test_used_sequences_stay(self):
        sequence = self.sequence.with_user(self.manager)
        with self.assertRaises(UserError):
            sequence.unlink()
        with self.assertRaises(UserError):
            sequence.step_ids[0].unlink()
        # nobody waits for this one
        sequence.step_ids[2].unlink()
        copy = sequence.copy()
        self.assertEqual(copy.name, "After the offer (copy)")
        self.assertEqual(len(copy.step_ids), 2)
        copy.unlink()

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Another company"})
        sequence = self.sequence.copy({"company_id": other.id})
        Sequence = self.env["crm.followup.sequence"].with_user(self.manager)
        self.assertFalse(Sequence.search([("id", "=", sequence.id)]))
        Step = self.env["crm.followup.step"].with_user(self.manager)
        self.assertFalse(Step.search([("sequence_id", "=", sequence.id)]))

    def test_portal_has_no_access(self):
        portal = self.env.ref("base.public_user")
        for model in (
            "crm.followup.sequence",
            "crm.followup.step",
            "crm.followup.enrollment",
            "crm.followup.log",
            "crm.followup.opt.out",
            "crm.followup.compose",
        ):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])

    def test_deal_can_be_deleted(self):
        lead = self.lead
        lead.with_user(self.manager).unlink()
        self.assertFalse(self.enrollment.exists())
