from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FollowupCase


@tagged("post_install", "-at_install")
class TestClock(FollowupCase):
    """When the next mail goes out; all times here are UTC."""

    def _plan(self, moment, days, zone="Europe/Oslo"):
        moment = fields.Datetime.to_datetime(moment)
        return str(self.sequence._plan(moment, days, zone))

    def test_working_days(self):
        # Tuesday to Thursday, and Friday to Tuesday
        self.assertEqual(self._plan("2026-09-01 09:30:00", 2), "2026-09-03 09:30:00")
        self.assertEqual(self._plan("2026-09-04 09:30:00", 2), "2026-09-08 09:30:00")

    def test_at_once(self):
        """Now, in the morning, or on the next working day."""
        for moment, planned in (
            ("2026-09-01 09:30:00", "2026-09-01 09:30:00"),
            ("2026-09-01 04:00:00", "2026-09-01 07:00:00"),
            ("2026-09-01 15:00:00", "2026-09-02 07:00:00"),
            ("2026-09-04 15:00:00", "2026-09-07 07:00:00"),
            ("2026-09-05 10:00:00", "2026-09-07 07:00:00"),
        ):
            with self.subTest(moment):
                self.assertEqual(self._plan(moment, 0), planned)

    def test_late_starts_go_out_in_the_morning(self):
        self.assertEqual(self._plan("2026-09-01 21:00:00", 2), "2026-09-03 07:00:00")

    def test_summer_time_ends(self):
        """Ten o'clock stays ten o'clock: the clock is put back on October 25."""
        self.assertEqual(self._plan("2026-10-23 08:00:00", 1), "2026-10-26 09:00:00")

    def test_summer_time_begins(self):
        """The clock is put forward on March 29."""
        self.assertEqual(self._plan("2026-03-27 09:00:00", 1), "2026-03-30 08:00:00")

    def test_holidays(self):
        """Wednesday and Thursday are days off, Friday only its morning."""
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Harvest",
                    "calendar_id": self.calendar.id,
                    "date_from": "2026-09-01 22:00:00",
                    "date_to": "2026-09-03 21:59:59",
                },
                {
                    "name": "Dentist",
                    "calendar_id": self.calendar.id,
                    "date_from": "2026-09-04 06:00:00",
                    "date_to": "2026-09-04 09:00:00",
                },
            ]
        )
        self.assertEqual(self._plan("2026-09-01 09:30:00", 1), "2026-09-04 09:30:00")
        self.assertEqual(self._plan("2026-09-02 09:30:00", 0), "2026-09-04 07:00:00")

    def test_where_the_recipient_lives(self):
        """Nine in New York, not in Oslo."""
        partner = self._create_partner(tz="America/New_York")
        lead = self._create_lead(partner_id=partner.id)
        enrollment = self._start(lead, "2026-09-01 07:00:00")
        self.assertPlanned(enrollment, "2026-09-03 13:00:00")

    def test_where_we_work(self):
        self.sequence.time_zone_of = "calendar"
        partner = self._create_partner(tz="America/New_York")
        lead = self._create_lead(partner_id=partner.id)
        enrollment = self._start(lead, "2026-09-01 07:00:00")
        self.assertPlanned(enrollment, "2026-09-03 07:00:00")

    def test_working_days_of_another_company(self):
        """A sequence that is visible to all still goes by somebody's working days."""
        other = self.env["res.company"].create({"name": "Another company"})
        self.calendar.copy({"company_id": other.id})
        self.sequence.calendar_id = self.env["resource.calendar"].search(
            [("company_id", "=", other.id)], order="id desc", limit=1
        )
        enrollment = self._start(self._create_lead(company_id=self.company.id))
        self.assertPlanned(enrollment, "2026-09-03 09:00:00")

    def test_until_midnight(self):
        self.sequence.write({"window_from": 0, "window_to": 24})
        self.assertEqual(self._plan("2026-09-01 21:59:00", 0), "2026-09-01 21:59:00")

    def test_nobody_ever_works(self):
        self.calendar.attendance_ids = [Command.clear()]
        with self.assertRaises(UserError) as caught:
            self._plan("2026-09-01 09:00:00", 1)
        self.assertIn("Nine to five", str(caught.exception))
