from odoo import fields, models

from ..reasons import REASONS


class CrmLead(models.Model):
    _inherit = "crm.lead"

    followup_stop_reason = fields.Selection(selection_add=REASONS)

    def _get_followup_obstacle(self, blacklisted, opted_out, hidden):
        obstacle = super()._get_followup_obstacle(blacklisted, opted_out, hidden)
        return obstacle or ("suspended" if self.deal_status == "suspended" else None)

    def _suspend(self, resume_on, reason):
        # sudo: nobody writes enrollments but these addons
        self.sudo().followup_enrollment_ids._pause_for_suspension()
        return super()._suspend(resume_on, reason)

    def _end_suspension(self):
        result = super()._end_suspension()
        # sudo: see above
        self.sudo().followup_enrollment_ids._end_suspension()
        return result

    def _get_followup_people(self):
        people = self.stakeholder_ids.filtered("gets_followups")
        return super()._get_followup_people() | people.partner_id

    def _filter_offers_expired(self):
        """Return the deals whose offers have all expired, if there are any.

        :rtype: recordset
        """
        # sudo: what the customer can accept counts, whosever it is
        orders_sudo = self.env["sale.order"].sudo()
        variants_sudo = orders_sudo.search(
            [
                ("opportunity_id", "in", self.ids),
                ("crm_offer_id", "!=", False),
                ("state", "in", ("draft", "sent", "sale")),
            ]
        )
        by_lead = variants_sudo.grouped(lambda order: order.opportunity_id.id)
        return self.filtered(
            lambda lead: (
                lead.id in by_lead
                and all(order.is_expired for order in by_lead[lead.id])
            )
        )
