from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CUSTOMER, START, FollowupCase


@tagged("post_install", "-at_install")
class TestBulk(FollowupCase):
    """Many deals at once: who gets what is shown first."""

    def _create_many(self):
        """Return deals by the reason why they get nothing."""

        def lead(name, **vals):
            email = vals.pop("email_from", f"{name}@{name}.example")
            return self._create_lead(name=name, email_from=email, **vals)

        fine = lead("fine")
        leads = {None: fine}
        leads["won"] = lead("won")
        leads["won"].action_set_won()
        leads["lost"] = lead("lost")
        leads["lost"].action_set_lost()
        leads["archived"] = lead("archived", probability=20)
        leads["archived"].active = False
        leads["no_user"] = lead("no_user")
        leads["no_user"].user_id = False
        leads["no_email"] = lead("no_email", email_from="call her")
        partner = self._create_partner(email="one@address.example")
        leads["other_address"] = lead("other_address", partner_id=partner.id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET email_from = 'two@address.example',"
            " email_normalized = 'two@address.example' WHERE id = %s",
            (leads["other_address"].id,),
        )
        self.env.invalidate_all()
        leads["blacklisted"] = lead("blacklisted")
        self.env["mail.blacklist"]._add("blacklisted@blacklisted.example")
        leads["opted_out"] = lead("opted_out")
        self.env["crm.followup.opt.out"]._unsubscribe("opted_out@opted_out.example")
        leads["bounced"] = lead("bounced", message_bounce=1)
        leads["enrolled"] = lead("enrolled")
        self._start(leads["enrolled"])
        leads["unanswered"] = lead("unanswered")
        with freeze_time(START):
            leads["unanswered"].message_post(
                body="When can you come?",
                email_from="unanswered@unanswered.example",
                author_id=False,
                message_type="email",
                subtype_xmlid="mail.mt_comment",
            )
        leads["capped"] = lead("capped")
        with freeze_time(START):
            self.env["crm.followup.log"].create(
                [
                    {
                        "lead_id": leads["capped"].id,
                        "kind": "bulk",
                        "email": "capped@capped.example",
                    }
                ]
                * 3
            )
        leads["same_contact"] = lead("again", email_from="fine@fine.example")
        return leads

    def test_dry_run(self):
        """Each reason is told, and nothing is sent by looking."""
        leads = self._create_many()
        chosen = self.env["crm.lead"].concat(*leads.values())
        with freeze_time(START):
            wizard = self._compose(chosen, self.manager, template_id=self.letter.id)
        wanted = {lead: reason or False for reason, lead in leads.items()}
        self.assertEqual(self._reasons(wizard), wanted)
        self.assertEqual((wizard.ready_count, wizard.skipped_count), (1, 13))
        shown = wizard.line_ids.sorted("id")
        wizard.invalidate_recordset()
        self.assertEqual(wizard.line_ids, shown, "they stay where they are")
        self.assertFalse(self.env["mail.mail"].search([("state", "=", "outgoing")]))

    def test_send(self):
        """What was shown is what leaves."""
        leads = self._create_many()
        chosen = self.env["crm.lead"].concat(*leads.values())
        with self.mock_smtplib_connection():
            with freeze_time(START):
                wizard = self._compose(chosen, self.manager, template_id=self.letter.id)
                action = wizard.action_send()
            self._deliver()
        self.assertEqual(
            [mail["smtp_to_list"] for mail in self.emails], [["fine@fine.example"]]
        )
        self.assertIn("1", action["params"]["message"])
        self.assertEqual(self._kinds(leads[None]), ["bulk"])

    def test_deals_that_the_sender_may_not_see(self):
        mine = self._create_lead()
        theirs = self._create_lead(name="Secret", email_from="x@secret.example")
        theirs.user_id = self.colleague
        with freeze_time(START):
            wizard = self._compose(mine + theirs, template_id=self.letter.id)
            self.assertEqual(wizard.hidden_count, 1)
            self.assertEqual(self._reasons(wizard), {mine: False})
            wizard.action_send()
        self.assertEqual(self._mails().lead_id, mine)

    def test_dialog_is_no_way_round(self):
        """Nobody reaches deals of others by their ids."""
        theirs = self._create_lead(name="Secret", email_from="x@secret.example")
        theirs.user_id = self.colleague
        Wizard = self.env["crm.followup.compose"].with_user(self.sofie)
        with self.assertRaises(AccessError):
            Wizard.create(
                {"lead_ids": theirs.ids, "template_id": self.letter.id}
            ).action_send()
        self.assertFalse(self._mails())

    def test_template_has_to_be_approved(self):
        draft = self._create_template("Draft", followup_approved=False)
        wizard = self._compose(self._create_lead(), template_id=draft.id)
        with self.assertRaises(UserError):
            wizard.action_send()
        self.assertFalse(self._mails())

    def test_preview_for_each(self):
        first = self._create_lead(name="Windows", contact_name="Anna")
        second = self._create_lead(
            name="Doors", contact_name="Berit", email_from="berit@berit.example"
        )
        wizard = self._compose(first + second, template_id=self.letter.id)
        seen = set()
        for _click in range(2):
            seen.add(wizard.preview_subject)
            self.assertIn(wizard.preview_lead_id.contact_name, wizard.preview_body)
            action = wizard.action_preview_next()
            # the dialog opens where it was left
            view = wizard.get_view(*action["views"][0])
            page = etree.fromstring(view["arch"]).find(".//page[@autofocus]")
            self.assertEqual(page.get("name"), "preview")
        self.assertEqual(seen, {"How is it going, Windows?", "How is it going, Doors?"})

    def test_form(self):
        """As in the browser: the team's sequence is suggested, its letter shown."""
        lead = self._create_lead()
        Wizard = (
            self.env["crm.followup.compose"]
            .with_user(self.sofie)
            .with_context(active_model="crm.lead", active_ids=lead.ids)
        )
        with Form(Wizard) as form:
            form.mode = "sequence"
            self.assertEqual(form.sequence_id, self.sequence)
            self.assertEqual(form.ready_count, 1)
            self.assertEqual(form.preview_subject, "How is it going, Garden room?")
        with freeze_time(START):
            form.record.action_send()
        enrollment = self._enrollments(lead)
        self.assertEqual(enrollment.state, "running")
        self.assertPlanned(enrollment, "2026-09-03 09:00:00")

    def test_second_click(self):
        wizard = self._compose(self._create_lead(), template_id=self.letter.id)
        with freeze_time(START):
            wizard.action_send()
            with self.assertRaises(UserError):
                wizard.action_send()
        self.assertEqual(len(self._mails()), 1)

    def test_changed_since_it_was_shown(self):
        """The customer unsubscribes while the dialog is open."""
        lead = self._create_lead()
        wizard = self._compose(lead, template_id=self.letter.id)
        self.assertEqual(self._reasons(wizard), {lead: False})
        self.env["crm.followup.opt.out"]._unsubscribe(CUSTOMER)
        with self.assertRaises(UserError):
            wizard.action_send()
        self.assertFalse(self._mails())

    def test_none_is_left(self):
        lead = self._create_lead()
        lead.action_set_lost()
        wizard = self._compose(lead, template_id=self.letter.id)
        with self.assertRaises(UserError) as caught:
            wizard.action_send()
        self.assertIn("None of these deals", str(caught.exception))

    def test_sequence_without_steps(self):
        empty = self.env["crm.followup.sequence"].create({"name": "Empty"})
        lead = self._create_lead()
        with self.assertRaises(UserError):
            self._start(lead, sequence=empty)
        self.assertFalse(self._enrollments(lead))

    def test_sequence_of_another_company(self):
        other = self.env["res.company"].create({"name": "Another company"})
        self.manager.company_ids += other
        sequence = self.sequence.copy({"company_id": other.id})
        lead = self._create_lead(company_id=self.company.id)
        wizard = self._compose(
            lead, self.manager, mode="sequence", sequence_id=sequence.id
        )
        self.assertEqual(self._reasons(wizard), {lead: "other_company"})

    def test_switched_off(self):
        self.company.followup_enabled = False
        lead = self._create_lead()
        wizard = self._compose(lead, template_id=self.letter.id)
        self.assertEqual(self._reasons(wizard), {lead: "switched_off"})

    def test_too_many(self):
        leads = self._create_lead() + self._create_lead()
        compose = "odoo.addons.crm_followup.wizard.crm_followup_compose"
        with patch(f"{compose}.MOST_DEALS", 1), self.assertRaises(UserError):
            self._compose(leads)
