from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CUSTOMER, NO_WELCOME, SENT, FollowupCase


@tagged("post_install", "-at_install")
class TestStop(FollowupCase):
    """Each event ends a sequence, and no further mail goes out."""

    def setUp(self):
        super().setUp()
        self.partner = self._create_partner(
            parent_id=self.env["res.partner"]
            .create({"name": "Kunde Ltd", "is_company": True})
            .id
        )
        self.lead = self._create_lead(partner_id=self.partner.id)
        self._begin()

    def assertEnds(self, reason):
        result = super().assertEnds(reason)
        self.assertEqual(self._kinds(self.lead)[-1], "stopped")
        return result

    # === THE CUSTOMER WRITES ===

    def test_reply(self):
        self._receive(CUSTOMER, self.log.mail_message_id)
        self.assertEnds("replied")
        self.assertTrue(self.enrollment.replied_on)
        notes = self.lead.message_ids.mapped("body")
        self.assertTrue([note for note in notes if "After the offer" in note])

    def test_reply_from_another_address(self):
        self._receive("kari.private@mail.example", self.log.mail_message_id)
        self.assertEnds("replied")

    def test_reply_of_a_colleague(self):
        """In a letter of her own, not in answer to ours."""
        self._create_partner(
            "Per", "per@elsewhere.example", parent_id=self.partner.parent_id.id
        )
        self._receive("per@elsewhere.example")
        self.assertEnds("replied")

    def test_reply_of_an_unknown_colleague(self):
        """Known by the domain of the address alone."""
        self._receive("reception@customer.example")
        self.assertEnds("replied")

    def test_reply_to_another_deal(self):
        other = self._create_lead(name="Kitchen", partner_id=self.partner.id)
        with freeze_time(SENT):
            message = other.with_user(self.sofie).message_post(
                body="About the kitchen",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self._receive(CUSTOMER, message)
        self.assertEnds("replied")

    def test_letter_of_a_stranger(self):
        self._receive("somebody@else.example")
        self.assertEqual(self.enrollment.state, "running")

    def test_providers_of_mail_are_no_company(self):
        """Not all of gmail.com work for the customer."""
        self.partner.email = self.lead.email_from = "kari@gmail.com"
        self._receive("somebody.else@gmail.com")
        self.assertEqual(self.enrollment.state, "running")

    def test_absence_notes_are_no_reply(self):
        for vals in (
            {"headers": "Auto-Submitted: auto-replied\n"},
            {"headers": "X-Auto-Response-Suppress: All\n"},
            {"headers": "Precedence: bulk\n"},
            {"subject": "Out of Office: How is it going"},
            {"subject": "Odpowiedź automatyczna: How is it going"},
        ):
            with self.subTest(**vals):
                self._receive(CUSTOMER, self.log.mail_message_id, **vals)
                self.assertEqual(self.enrollment.state, "running")
                self.assertNotIn("reply", self._kinds(self.lead))
        self._run("2026-09-08 09:10:00")
        self.assertTrue(self.lead.activity_ids, "the sequence goes on")

    def test_portal_comment(self):
        user = new_test_user(
            self.env,
            "followup_portal",
            groups="base.group_portal",
            email="portal@customer.example",
            context=NO_WELCOME,
        )
        with freeze_time("2026-09-04 10:00:00"):
            self.lead.message_post(
                body="One question",
                author_id=user.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertEnds("replied")

    def test_reply_after_the_end(self):
        """It counts for the statistics of the sequence."""
        self._run("2026-09-08 09:10:00")
        self._run("2026-09-09 09:10:00")
        self.assertEqual(self.enrollment.state, "finished")
        self._receive(CUSTOMER, self.log.mail_message_id, "2026-09-11 09:00:00")
        self.assertEqual(self.enrollment.state, "finished")
        self.assertTrue(self.enrollment.replied_on)

    def test_reply_while_the_mail_waits(self):
        """It came between the writing of a mail and its sending."""
        self._run("2026-09-08 09:10:00")
        self._run("2026-09-09 09:10:00")
        last = self._mails(self.lead) - self.log
        with self.mock_smtplib_connection():
            self._receive(CUSTOMER, self.log.mail_message_id, "2026-09-09 09:11:00")
            self._deliver()
            self.assertNotIn(
                "Last question", "".join(mail["message"] for mail in self.emails)
            )
        self.assertTrue(last.is_cancelled)

    def test_reply_that_nobody_could_apply(self):
        """The row was locked by a run at that moment: the test before the next mail
        finds the reply."""
        with freeze_time("2026-09-04 10:00:00"):
            self.env["crm.followup.log"].create(
                {"lead_id": self.lead.id, "kind": "reply"}
            )
        self.assertEqual(self.enrollment.state, "running")
        self._run("2026-09-08 09:10:00")
        self.assertFalse(self.lead.activity_ids)
        self.assertEnds("replied")

    # === OTHER EVENTS ===

    def test_meeting(self):
        with freeze_time("2026-09-04 10:00:00"):
            self.env["calendar.event"].with_user(self.sofie).create(
                {
                    "name": "Measure the room",
                    "opportunity_id": self.lead.id,
                    "start": "2026-09-07 09:00:00",
                    "stop": "2026-09-07 10:00:00",
                }
            )
        self.assertEnds("meeting")

    def test_won(self):
        self.lead.with_user(self.sofie).action_set_won()
        self.assertEnds("won")

    def test_salesperson_reads_why(self):
        """In their own language, whichever the customer's page was in."""
        self.env["res.lang"]._activate_lang("pl_PL")
        self.lead.with_context(lang="pl_PL")._followup_signal("unsubscribe")
        self.assertIn(
            "has stopped: Unsubscribed", self.lead.message_ids.sorted("id")[-1].body
        )

    def test_lost(self):
        self.lead.probability = 30
        self.lead.with_user(self.sofie).action_set_lost()
        self.assertEnds("lost")

    def test_archived(self):
        self.lead.with_user(self.sofie).action_archive()
        self.lead.probability = 30
        self.assertEqual(self.enrollment.state, "stopped")

    def test_stage(self):
        """Only where the sequence asks for it."""
        self.lead.with_user(self.sofie).stage_id = self.stages[1]
        self.assertEqual(self.enrollment.state, "running")
        self.sequence.stop_on_stage = True
        self._run("2026-09-08 09:10:00")
        self.assertEnds("stage")

    def test_stage_at_once(self):
        self.sequence.stop_on_stage = True
        self.lead.with_user(self.sofie).stage_id = self.stages[1]
        self.assertEnds("stage")

    def test_bounce(self):
        self._bounce(self.log)
        self.assertEnds("bounced")

    def test_blacklisted(self):
        self.env["mail.blacklist"]._add(CUSTOMER)
        self.assertEnds("blacklisted")

    def test_opted_out(self):
        self.env["crm.followup.opt.out"]._unsubscribe(CUSTOMER)
        self.assertEnds("opted_out")

    def test_salesperson_archived(self):
        self.sofie.action_archive()
        self.assertEnds("no_user")

    def test_salesperson_without_address(self):
        self.sofie.partner_id.email = False
        self._run("2026-09-08 09:10:00")
        self.assertEnds("no_sender")

    def test_salesperson_may_not_see_the_deal_any_more(self):
        other = self.env["res.company"].create({"name": "Another company"})
        self.lead.write({"team_id": False})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = %s WHERE id = %s",
            (other.id, self.lead.id),
        )
        self.env.invalidate_all()
        self._run("2026-09-08 09:10:00")
        self.assertEnds("hidden")

    def test_address_taken_away(self):
        self.lead.write({"partner_id": False, "email_from": "nobody"})
        self.assertEnds("no_email")

    def test_by_hand(self):
        self.enrollment.with_user(self.sofie).action_stop()
        self.assertEnds("manual")

    def test_merged(self):
        """The other deal's sequence stops, its history stays."""
        other = self._create_lead(name="Same again", partner_id=self.partner.id)
        theirs = self._start(other, "2026-09-02 09:00:00")
        (self.lead + other).with_user(self.manager).merge_opportunity(auto_unlink=True)
        self.env.invalidate_all()
        kept = (self.lead + other).exists()
        self.assertEqual(len(kept), 1)
        both = self.enrollment + theirs
        self.assertEqual(both.lead_id, kept)
        self.assertEqual(
            sorted(both.mapped(lambda one: one.stop_reason or "")), ["", "merged"]
        )

    # === PAUSES ===

    def test_pause_and_resume(self):
        enrollment = self.enrollment.with_user(self.sofie)
        enrollment.action_pause()
        self._run("2026-09-08 09:10:00")
        self.assertFalse(self.lead.activity_ids)
        with self.assertRaises(UserError):
            enrollment.action_pause()
        with freeze_time("2026-09-13 10:00:00"):
            enrollment.action_resume()
        self.assertPlanned(enrollment, "2026-09-14 07:00:00")
        self._run("2026-09-14 07:00:00")
        self.assertTrue(self.lead.activity_ids)

    def test_events_end_a_paused_one_as_well(self):
        self.enrollment.with_user(self.sofie).action_pause()
        self._receive(CUSTOMER, self.log.mail_message_id)
        self.assertStopped(self.enrollment, "replied")

    def test_salesperson_writes(self):
        """The sequence waits three days from then, not from its own last step."""
        with freeze_time("2026-09-08 08:00:00"):
            self.lead.with_user(self.sofie).message_post(
                body="I have drawn it anew.",
                partner_ids=self.partner.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertEqual(self.enrollment.state, "running")
        self.assertPlanned(self.enrollment, "2026-09-11 08:00:00")

    def test_notes_do_not_pause(self):
        planned = self.enrollment.next_date
        with freeze_time("2026-09-08 08:00:00"):
            self.lead.with_user(self.sofie).message_post(body="Call back on Friday")
        self.assertEqual(self.enrollment.next_date, planned)
        self.assertEqual(self.enrollment.state, "running")

    def test_status_on_the_deal(self):
        lead = self.lead.with_user(self.sofie)
        self.assertEqual(lead.followup_state, "running")
        self.assertEqual(lead.followup_sequence_id, self.sequence)
        self.assertEqual(lead.followup_next_date, self.enrollment.next_date)
        lead.action_followup_stop()
        self.assertEqual(lead.followup_stop_reason, "manual")

    def test_others_deals_are_out_of_reach(self):
        enrollment = self.enrollment.with_user(self.colleague)
        for action in ("action_pause", "action_resume", "action_stop"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(enrollment, action)()
        self.assertEqual(self.enrollment.state, "running")

    def test_follower_gets_the_reply(self):
        """Stopping changes nothing about Odoo's own notices."""
        self.lead.message_subscribe(partner_ids=self.sofie.partner_id.ids)
        self._receive(CUSTOMER, self.log.mail_message_id)
        reply = self.lead.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertIn(self.sofie.partner_id, reply.notified_partner_ids)

    def test_one_sequence_at_a_time(self):
        wizard = self._compose(self.lead, mode="sequence", sequence_id=self.sequence.id)
        self.assertEqual(self._reasons(wizard), {self.lead: "enrolled"})
