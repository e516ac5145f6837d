from odoo import fields, models


class SaleOfferFeedbackReply(models.TransientModel):
    _name = "sale.offer.feedback.reply"
    _description = "Answer the Feedback of a Customer"

    message_id = fields.Many2one("mail.message", required=True, readonly=True)
    question = fields.Html(related="message_id.body", string="Feedback")
    body = fields.Text(string="Your Answer", required=True)

    def action_send(self):
        """Send the answer to who wrote, and to the contacts of the offer."""
        self.ensure_one()
        order = self.env["sale.order"].browse(self.message_id.res_id)
        order.check_access("write")
        order._offer_answer_feedback(self.message_id, self.body)
        return {"type": "ir.actions.act_window_close"}
