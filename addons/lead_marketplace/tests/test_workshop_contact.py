from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import NO_WELCOME, MarketCommon


@tagged("post_install", "-at_install")
class TestWorkshopContact(MarketCommon):
    """What may become of the contact that stands for a workshop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env,
            "market_clerk",
            groups="base.group_user,base.group_partner_manager",
            email="clerk@market.example",
            context=NO_WELCOME,
        )
        cls.take = cls._open(cls._create_published_request(), cls.granite_user)

    def _merge(self, *partners, into):
        """Merge contacts in Odoo's window, which wants them to share an address."""
        merged = self.env["res.partner"].concat(*partners, into)
        merged.email = "office@granite.example"
        self.env["base.partner.merge.automatic.wizard"].with_user(self.clerk).create(
            {
                "state": "selection",
                "partner_ids": merged.ids,
                "dst_partner_id": into.id,
            }
        ).action_merge()

    def test_two_workshops_stay_two(self):
        """Each has opened contacts, owes commissions and has a name of its own."""
        other = self._open(self.take.request_id, self.marble_user)
        self.marble_user.action_archive()
        with self.assertRaisesRegex(UserError, "Granite & Co.*Marble Brothers"):
            self._merge(self.granite.partner_id, into=self.marble.partner_id)
        self.assertTrue(self.take.exists())
        self.assertTrue(other.exists())

    def test_what_was_opened_follows_the_contact(self):
        """The same company, entered once more by the accountants."""
        again = self.env["res.partner"].create(
            {"name": "Granite and Company", "is_company": True}
        )
        self._merge(self.granite.partner_id, into=again)
        self.assertEqual(self.granite.partner_id, again)
        self.assertEqual(self.take.workshop_partner_id, again)
        self.assertEqual(self.take.with_user(self.granite_user).state, "in_work")
        self.assertEqual(self._open(self.take.request_id, self.granite_user), self.take)

    def test_workshop_does_not_become_a_person_of_a_company(self):
        """Who works alone is no company in Odoo."""
        self.granite.partner_id.is_company = False
        owner = self.env["res.partner"].create({"name": "Owner", "is_company": True})
        person = self.env["res.partner"].create({"name": "Gus", "parent_id": owner.id})
        with self.assertRaisesRegex(ValidationError, "a company of its own"):
            self._merge(self.granite.partner_id, into=person)

    def test_workshop_does_not_become_part_of_a_company(self):
        owner = self.env["res.partner"].create({"name": "Owner", "is_company": True})
        partner = self.granite.partner_id.with_user(self.clerk)
        with self.assertRaisesRegex(ValidationError, "a company of its own"):
            partner.write({"parent_id": owner.id, "is_company": False})
