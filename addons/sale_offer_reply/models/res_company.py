from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    offer_reply_default = fields.Boolean(
        string="Ask for Answers by Default",
        default=True,
        help="New quotations ask the customer to answer line by line.",
    )
    offer_allow_unsure = fields.Boolean(string='Allow "Unsure"', default=True)
    offer_access_mode = fields.Selection(
        [
            ("login", "Customers log in (first visit: choose a password)"),
            ("link", "Anyone with the link can read and answer"),
        ],
        string="Access to Offers",
        required=True,
        default="login",
    )
    offer_portal_image = fields.Image(
        string="Offer Page Image", max_width=1920, max_height=1080
    )
    offer_portal_message = fields.Html(string="Offer Welcome Message", translate=True)
    offer_terms_checkbox = fields.Char(
        string="Text beside the Terms Checkbox", translate=True
    )
    offer_unsure_reminder_days = fields.Integer(
        string="Remind of Unsure Lines Every (days)",
        default=7,
        help="After confirmation, the customer is reminded of the lines that are still "
        "unsure. 0 sends no reminder.",
    )
    offer_expiry_reminder_days = fields.Integer(
        string="Remind before Expiry (days)",
        default=3,
        help="The customer is reminded once, this many days before the offer expires. "
        "0 sends no reminder.",
    )

    @api.constrains("offer_unsure_reminder_days", "offer_expiry_reminder_days")
    def _check_offer_reminder_days(self):
        for company in self:
            if (
                company.offer_unsure_reminder_days < 0
                or company.offer_expiry_reminder_days < 0
            ):
                raise ValidationError(
                    self.env._(
                        "The number of days before a reminder can't be negative."
                    )
                )

    def _get_offer_terms_checkbox(self):
        """Return what customers accept, in the language of the context.

        Our own text is no default of the field: it would be stored in one language
        and shown to customers of every other.

        :rtype: str
        """
        self.ensure_one()
        return self.offer_terms_checkbox or self.env._(
            "I accept the terms and conditions."
        )
