from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmOffer(models.Model):
    """Sending: one mail for all variants, a link of their own for each contact."""

    _inherit = "crm.offer"

    recipient_ids = fields.Many2many(
        comodel_name="res.partner",
        compute="_compute_recipient_ids",
        help="The customer, and the people of the deal who get offers.",
    )

    @api.depends(
        "partner_id", "lead_id.stakeholder_ids.gets_offers", "lead_id.stakeholder_ids"
    )
    def _compute_recipient_ids(self):
        for offer in self:
            people = offer.lead_id.stakeholder_ids.filtered("gets_offers")
            offer.recipient_ids = offer.partner_id | people.partner_id

    def action_send(self):
        """Open the mail with which all variants are sent."""
        self.ensure_one()
        self.lead_id._check_calculation()
        self._check_may_send()
        template = self.team_id.offer_mail_template_id or self.env.ref(
            "crm_offer_calculation.mail_template_offer", raise_if_not_found=False
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "crm.offer",
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id if template else False,
                "default_email_layout_xmlid": "mail."
                "mail_notification_layout_with_responsible_signature",
                "email_notification_allow_footer": True,
                "force_email": True,
                "mark_offer_as_sent": True,
            },
        }

    def action_preview(self):
        """Show the page as the customer gets to see it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "new",
            "url": self.access_url,
        }

    def message_post(self, **kwargs):
        if self.env.context.get("mark_offer_as_sent"):
            self._check_may_send()
            self._mark_sent()
            kwargs["notify_author_mention"] = kwargs.get("notify_author_mention", True)
        return super().message_post(**kwargs)

    def _check_may_send(self):
        for offer in self:
            open_variants = offer.variant_ids.filtered(
                lambda order: order.state in ("draft", "sent")
            )
            if not open_variants:
                raise UserError(
                    self.env._(
                        "%(offer)s has no variant that could be accepted.",
                        offer=offer.name,
                    )
                )
            if empty := open_variants.filtered(lambda order: not order.order_line):
                raise UserError(
                    self.env._(
                        "Variant %(label)s of %(offer)s is empty. Fill it or cancel it "
                        "first.",
                        label=empty[0].variant_label,
                        offer=offer.name,
                    )
                )

    def _mark_sent(self):
        """Let the customer see all variants that are drafts."""
        drafts = self.variant_ids.filtered(lambda order: order.state == "draft")
        drafts.with_context(tracking_disable=True).write({"state": "sent"})
        self.sent_on = fields.Datetime.now()
        for offer_sudo in self.sudo():  # sudo: nobody writes events by themselves
            offer_sudo._record_event("sent", self.env.user.partner_id)

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        """Leave mails about offers to the queue: no page waits for the mail server."""
        self = self.with_context(mail_notify_force_send=False)
        result = super()._notify_thread_by_email(message, recipients_data, **kwargs)
        self.env["mail.mail"]._trigger_queue()
        return result

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, additional_values=None
    ):
        values = {**(additional_values or {}), "is_resent": True}
        return super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values=values
        )

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self:
            return groups
        self.ensure_one()
        # sudo: people of the deal get their links whoever writes to them
        recipients = self.sudo().recipient_ids
        return [self._prepare_recipient_group(one) for one in recipients] + [
            group for group in groups if group[0] != "portal_customer"
        ]

    def _prepare_recipient_group(self, partner):
        """Return the group of mails of one contact: with a link that names them
        (single record).

        :rtype: tuple
        """
        self.ensure_one()
        # sudo: who may read an offer may send its link
        url = self.sudo()._get_share_url(pid=partner.id)
        return (
            f"offer_contact_{partner.id}",
            lambda data: data["id"] == partner.id,
            {
                "active": True,
                "has_button_access": True,
                "button_access": {
                    "url": self.get_base_url() + url,
                    "title": self._get_button_title(),
                },
            },
        )

    def _get_button_title(self):
        # sudo: variants count whosever they are
        if len(self.sudo().variant_ids) > 1:
            return self.env._("Compare the Variants")
        return self.env._("View the Offer")
