from odoo import api, fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    offer_line_id = fields.Many2one(
        "sale.order.line",
        ondelete="set null",
        index="btree_not_null",
        # the name of a line would be told even where the line is hidden
        groups="base.group_user",
    )
    is_offer_feedback = fields.Boolean(string="Offer Feedback")
    offer_feedback_key = fields.Char(groups="base.group_user")
    offer_feedback_digest = fields.Char(groups="base.group_user")

    # One press on "Send" is one message, however often the browser repeats it.
    _offer_feedback_unique = models.UniqueIndex(
        "(res_id, offer_feedback_key) WHERE offer_feedback_key IS NOT NULL",
        "This feedback was received already.",
    )
    _offer_feedback_idx = models.Index(
        "(res_id, id) WHERE is_offer_feedback AND model = 'sale.order'"
    )

    @api.depends("is_offer_feedback", "author_id")
    def _compute_display_name(self):
        feedback = self.filtered("is_offer_feedback")
        for message in feedback:
            message.display_name = self.env._(
                "Feedback from %(name)s",
                name=message.author_id.name or message.email_from or "",
            )
        return super(MailMessage, self - feedback)._compute_display_name()
