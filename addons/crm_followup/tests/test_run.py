import contextlib
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from .common import CUSTOMER, FollowupCase

RUN = "odoo.addons.crm_followup.models.crm_followup_enrollment_run"


class Killed(BaseException):
    """The end of a process, which nothing catches."""


@tagged("post_install", "-at_install")
class TestRun(FollowupCase):
    """A sequence goes its way, whatever happens to the job that drives it."""

    def test_whole_sequence(self):
        lead = self._create_lead()
        enrollment = self._start(lead)
        with self.mock_smtplib_connection():
            self._run("2026-09-03 08:00:00")
            self._deliver()
            self.assertFalse(self.emails, "it is an hour too early")
            for _again in range(2):
                self._run("2026-09-03 09:10:00")
                self._deliver()
            self.assertEqual(len(self.emails), 1)
            mail = self.emails[0]
            self.assertEqual(mail["smtp_to_list"], [CUSTOMER])
            self.assertIn("followup_sofie@seller.example", mail["msg_from"])
            # Tuesday after: the call
            for _again in range(2):
                self._run("2026-09-08 09:10:00")
            activity = lead.activity_ids
            self.assertEqual(activity.summary, "Call Kari")
            self.assertEqual(activity.user_id, self.sofie)
            for _again in range(2):
                self._run("2026-09-09 09:10:00")
                self._deliver()
            self.assertEqual(len(self.emails), 2)
        self.assertEqual(enrollment.state, "finished")
        self.assertEqual(
            self._kinds(lead), ["started", "mail", "activity", "mail", "finished"]
        )

    def test_letter(self):
        """From the salesperson, to the deal's own address, with a way out."""
        partner = self._create_partner()
        lead = self._create_lead(partner_id=partner.id)
        self._start(lead)
        with self.mock_smtplib_connection():
            self._run("2026-09-03 09:10:00")
            self._deliver()
        raw = self.emails[0]["message"]
        self.assertIn("How is it going, Garden room?", raw)
        self.assertIn("List-Unsubscribe-Post: List-Unsubscribe=One-Click", raw)
        # in one piece, or mail programs don't find it
        self.assertRegex(
            raw, r"List-Unsubscribe: <https?://\S+/followup/unsubscribe\?\S+>\r?\n"
        )
        self.assertIn("Auto-Submitted: auto-generated", raw)
        # answers go to a person, not to who runs the scheduler
        self.assertIn('Reply-To: "Sofie Seller" <', raw)
        message = self._mails().mail_message_id
        self.assertEqual(message.author_id, self.sofie.partner_id)
        self.assertEqual(message.notified_partner_ids, partner)
        self.assertEqual(message.notification_ids.notification_status, "sent")
        self.assertIn("Hello Kari Kunde!", message.body)
        self.assertNotIn("unsubscribe", message.body, "that link is the customer's")

    def test_greeting(self):
        """Of the letters that come along, with a name and without."""
        named = self._create_lead()
        nameless = self._create_lead(contact_name=False)
        for name in ("offer", "last"):
            template = self.env.ref(f"crm_followup.mail_template_followup_{name}")
            letters = template._render_field("body_html", (named + nameless).ids)
            for lead, greeting in ((named, "Hello Kari Kunde,"), (nameless, "Hello,")):
                with self.subTest(name, greeting=greeting):
                    text = " ".join(html2plaintext(letters[lead.id]).split())
                    self.assertTrue(text.startswith(greeting), text)

    def test_recipients_of_the_template_are_not_looked_at(self):
        """Nobody is written to whose address was not tested."""
        self.letter.write(
            {"email_to": "boss@seller.example", "email_cc": "spy@seller.example"}
        )
        self._start(self._create_lead())
        with self.mock_smtplib_connection():
            self._run("2026-09-03 09:10:00")
            self._deliver()
        self.assertEqual([mail["smtp_to_list"] for mail in self.emails], [[CUSTOMER]])

    def test_customer_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.letter.write({"lang": "{{ object.lang_code }}"})
        self.letter.with_context(lang="fr_FR").subject = "Des nouvelles ?"
        lead = self._create_lead(lang_id=self.env.ref("base.lang_fr").id)
        self._start(lead)
        self._run("2026-09-03 09:10:00")
        self.assertEqual(self._mails().mail_message_id.subject, "Des nouvelles ?")

    def test_job_was_down_over_night(self):
        """What is overdue waits for the hours of sending."""
        lead = self._create_lead()
        enrollment = self._start(lead)
        self._run("2026-09-03 20:00:00")
        self.assertFalse(self._mails())
        self.assertPlanned(enrollment, "2026-09-04 07:00:00")
        self._run("2026-09-04 07:00:00")
        self.assertEqual(len(self._mails()), 1)

    def _start_many(self, count):
        leads = self.env["crm.lead"].concat(
            *(
                self._create_lead(
                    name=f"Deal {number}", email_from=f"c{number}@c{number}.example"
                )
                for number in range(count)
            )
        )
        return leads, self._start(leads)

    def test_killed_in_the_middle(self):
        """A job that dies between and within batches: each mail once, none missing."""
        leads, enrollments = self._start_many(7)
        calls = []
        Log = type(self.env["crm.followup.log"])
        send = Log._send_mails

        def send_and_die(logs, template):
            send(logs, template)
            calls.append(len(logs))
            if len(calls) == 2:
                # the rows and the mails of this batch are written, not committed
                logs.env.flush_all()
                raise Killed

        with (
            self.mock_smtplib_connection(),
            patch(f"{RUN}.BATCH", 3),
        ):
            with patch.object(Log, "_send_mails", send_and_die):
                # not `assertRaises`, which would take back what was committed
                with contextlib.suppress(Killed):
                    self._run("2026-09-03 09:10:00")
            self.env.invalidate_all()
            self.assertEqual(calls, [3, 3])
            self.assertEqual(len(self._mails()), 3, "the batch before was committed")
            self._deliver()
            self.assertEqual(len(self.emails), 3)
            for _again in range(2):
                self._run("2026-09-03 09:20:00")
                self._deliver()
        got = sorted(mail["smtp_to_list"][0] for mail in self.emails)
        self.assertEqual(got, sorted(leads.mapped("email_from")))
        self.assertEqual(set(enrollments.step_id.mapped("kind")), {"activity"})

    def test_no_step_twice(self):
        """Not even when the place in the sequence was lost."""
        lead = self._create_lead()
        enrollment = self._start(lead)
        self._run("2026-09-03 09:10:00")
        enrollment.write(
            {
                "step_id": self.sequence.step_ids[0].id,
                "next_date": "2026-09-03 09:00:00",
            }
        )
        self._run("2026-09-03 09:20:00")
        self.assertEqual(len(self._mails()), 1)
        self.assertEqual(enrollment.step_id, self.sequence.step_ids[1])

    def test_database_refuses_a_second_mail(self):
        lead = self._create_lead()
        enrollment = self._start(lead)
        self._run("2026-09-03 09:10:00")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            enrollment._log("mail", step_id=self.sequence.step_ids[0].id)

    def test_failure_of_one_does_not_stop_the_rest(self):
        self.letter.body_html = (
            "<p><t t-out=\"1 / (0 if object.name == 'Deal 1' else 1)\"/></p>"
        )
        _leads, enrollments = self._start_many(3)
        with mute_logger(RUN, "odoo.addons.mail.models.mail_render_mixin"):
            self._run("2026-09-03 09:10:00")
        self.assertEqual(len(self._mails()), 2)
        self.assertEqual(enrollments.mapped("state"), ["running", "paused", "running"])
        self.assertTrue(enrollments[1].problem)
        # repaired and resumed, it catches up
        self.letter.body_html = "<p>Hello</p>"
        with freeze_time("2026-09-03 10:00:00"):
            enrollments[1].with_user(self.sofie).action_resume()
        self._run("2026-09-03 10:10:00")
        self.assertEqual(len(self._mails()), 3)

    def test_template_changed_after_approval(self):
        """A salesperson rewrites the letter: nobody gets it unapproved."""
        template = self.letter
        template.user_id = self.sofie
        lead = self._create_lead()
        enrollment = self._start(lead)
        template.with_user(self.sofie).body_html = "<p>Buy now!</p>"
        self._run("2026-09-03 09:10:00")
        self.assertFalse(self._mails())
        self.assertEqual(enrollment.state, "paused")
        self.assertIn("not approved", enrollment.problem)

    def test_touch_cap(self):
        """Not more than two mails in a fortnight, from all sequences together."""
        self.company.write({"followup_cap": 2, "followup_cap_days": 14})
        leads = self._create_lead() + self._create_lead() + self._create_lead()
        enrollments = self._start(leads)
        self._run("2026-09-03 09:10:00")
        self.assertEqual(len(self._mails()), 2)
        late = enrollments.filtered(lambda one: one.next_date.day == 17)
        self.assertEqual(len(late), 1)
        self.assertEqual(late.step_id.kind, "mail")
        self.assertEqual(str(late.next_date), "2026-09-17 09:10:01")
        self._run("2026-09-17 09:11:00")
        self.assertEqual(len(self._mails(late.lead_id)), 1)

    def test_cap_is_shared_by_bulk_mails(self):
        self.company.followup_cap = 1
        lead = self._create_lead()
        with freeze_time("2026-08-31 09:00:00"):
            self._compose(lead, template_id=self.last_letter.id).action_send()
        enrollment = self._start(lead)
        self._run("2026-09-03 09:10:00")
        self.assertEqual(len(self._mails()), 1)
        self.assertPlanned(enrollment, "2026-09-14 09:00:01")

    def test_company_switched_off(self):
        """Nothing goes out, and nothing is lost."""
        lead = self._create_lead(company_id=self.company.id)
        enrollment = self._start(lead)
        self.company.followup_enabled = False
        self._run("2026-09-03 09:10:00")
        self.assertFalse(self._mails())
        self.assertEqual(enrollment.state, "running")
        self.company.followup_enabled = True
        self._run("2026-09-03 09:20:00")
        self.assertEqual(len(self._mails()), 1)

    def test_deal_passed_on(self):
        """The new salesperson writes."""
        lead = self._create_lead()
        self._start(lead)
        lead.user_id = self.colleague
        self._run("2026-09-03 09:10:00")
        message = self._mails().mail_message_id
        self.assertIn("followup_carl@", message.email_from)

    def test_two_deals_of_one_contact_get_the_same_text(self):
        """Odoo's own mass mails drop the second as a duplicate."""
        leads = self._create_lead() + self._create_lead()
        self._start(leads)
        with self.mock_smtplib_connection():
            self._run("2026-09-03 09:10:00")
            self._deliver()
        self.assertEqual(len(self.emails), 2)
