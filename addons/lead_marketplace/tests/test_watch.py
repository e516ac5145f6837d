from lxml import html

from odoo.tests import tagged

from .common_portal import MarketPortalCase


@tagged("post_install", "-at_install")
class TestWatch(MarketPortalCase):
    """What managers hear of when contacts are opened. The workshop hears nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.manager.copy(
            {"login": "market_manager_2", "email": "maja@market.example"}
        )

    def _open_by_page(self, request):
        self._post(f"/my/market/request/{request.number}/open")

    def _inbox(self, user):
        """Return what somebody has to do, as the titles in their own list."""
        Activity = self.env["mail.activity"].with_user(user)
        return Activity.search([("user_id", "=", user.id)]).mapped("summary")

    def _events(self, user, kind):
        Event = self.env["lead.market.event"].with_user(user)
        return Event.search(
            [("kind", "=", kind), ("workshop_id", "=", self.granite.id)]
        )

    # === CANARY ===

    def _create_canary(self):
        request = self._create_published_request()
        request.with_user(self.manager).canary = True
        return request

    def test_opened_test_contact(self):
        request = self._create_canary()
        self._open_by_page(request)
        title = "Granite & Co opened a test contact"
        for manager in (self.manager, self.colleague):
            self.assertEqual(self._inbox(manager), [title])
        self.assertEqual(len(self._events(self.manager, "canary_opened")), 1)
        activity = self.env["mail.activity"].search(
            [("user_id", "=", self.manager.id), ("summary", "=", title)]
        )
        take = request.sudo().take_ids
        (link,) = html.fromstring(activity.note).xpath("//a/@href")
        self.assertEqual(link, f"/odoo/lead.market.take/{take.id}")
        self.assertIn(request.number, activity.note)

    def test_only_managers_know_which_it_is(self):
        request = self._create_canary()
        self._open_by_page(request)
        for user in (self.operator, self.accountant):
            self.assertFalse(self._inbox(user))
            self.assertFalse(self._events(user, "canary_opened"))
            self.assertTrue(self._events(user, "opened"))
        activities = self.env["mail.activity"].with_user(self.operator).search([])
        self.assertNotIn("test contact", str(activities.mapped("summary")))

    def test_good_faith_is_presumed(self):
        """Neither a mail nor a sanction, and the page looks as always."""
        request = self._create_canary()
        mails = self.env["mail.mail"].search_count([])
        page = self._text(
            self._get(self._post(f"/my/market/request/{request.number}/open"))
        )
        self.assertNotIn("test contact", page)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.granite.state, "active")
        self.assertFalse(
            self.env["lead.market.incident"].search(
                [("workshop_id", "=", self.granite.id)]
            )
        )

    def test_second_click_says_nothing_new(self):
        request = self._create_canary()
        self._open_by_page(request)
        self._open_by_page(request)
        self.assertEqual(len(self._inbox(self.manager)), 1)

    def test_other_contacts(self):
        self._create_canary()
        self._open_by_page(self._create_published_request())
        self.assertFalse(self._inbox(self.manager))

    # === VELOCITY ===

    def test_unusually_many_in_a_day(self):
        self.company.market_velocity_count = 3
        for number in range(5):
            self.assertEqual(len(self._inbox(self.manager)), int(number >= 3))
            self._open_by_page(self._create_published_request())
        title = "Granite & Co opened 3 contacts within a day"
        self.assertEqual(self._inbox(self.manager), [title])
        self.assertEqual(len(self._events(self.operator, "velocity")), 1)
        self.assertEqual(self.granite.state, "active")
        self.env.cr.execute(
            "UPDATE lead_market_event SET date = date - interval '25 hours' "
            "WHERE kind = 'velocity'"
        )
        self._open_by_page(self._create_published_request())
        self.assertEqual(self._inbox(self.manager), [title] * 2, "told once a day")

    def test_not_unusual(self):
        self.company.market_velocity_count = 3
        takes = self.env["lead.market.take"]
        for _number in range(3):
            takes.sudo().search([]).opened_on = "2026-01-01 09:00:00"
            self._open_by_page(self._create_published_request())
        self.assertFalse(self._inbox(self.manager))
        self.company.market_velocity_count = 0
        for _number in range(3):
            self._open_by_page(self._create_published_request())
        self.assertFalse(self._inbox(self.manager))
