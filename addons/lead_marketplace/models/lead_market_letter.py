import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PLACEHOLDER = re.compile(r"\{\{\s*(\w*)\s*\}\}")
PLACEHOLDERS = ("customer", "number", "title", "workshop")
MOST_LETTERS = 50


class LeadMarketLetter(models.Model):
    """A workshop's own template of letters to customers.

    Deliberately no `mail.template`: those run expressions on the server. Here four
    words are replaced, and nothing else happens.
    """

    _name = "lead.market.letter"
    _description = "Letter of a Workshop"
    _order = "name, id"

    workshop_id = fields.Many2one(
        "lead.market.workshop", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True)
    subject = fields.Char(required=True)
    body = fields.Text(required=True)

    _name_uniq = models.UniqueIndex(
        "(workshop_id, name)", "You have a letter of this name already."
    )

    @api.constrains("subject", "body")
    def _check_placeholders(self):
        for letter in self:
            used = PLACEHOLDER.findall(f"{letter.subject} {letter.body}")
            if unknown := set(used).difference(PLACEHOLDERS):
                raise ValidationError(
                    self.env._(
                        "There is no {{%(name)s}}. Possible are %(names)s.",
                        name=min(unknown),
                        names=", ".join(f"{{{{{name}}}}}" for name in PLACEHOLDERS),
                    )
                )

    def _fill(self, take, user):
        """Return the letter as it would be sent to a customer (single record).

        :param take: `lead.market.take` of the same workshop
        :param user: `res.users` who writes it
        :return: ``subject`` and ``body``
        :rtype: dict
        """
        self.ensure_one()
        # sudo: the number and title of a request whose contact the workshop opened
        request = take.request_id.sudo()
        words = {
            "customer": take.customer_name or "",
            "number": request.number,
            "title": request.name or "",
            "workshop": user.sudo().commercial_partner_id.name,
        }

        def replace(match):
            return words.get(match[1], match[0])

        return {
            "subject": PLACEHOLDER.sub(replace, self.subject),
            "body": PLACEHOLDER.sub(replace, self.body),
        }

    @api.model
    def _create_examples(self, workshop):
        """Give a workshop some letters to start from.

        :param workshop: `lead.market.workshop`
        :rtype: recordset
        """
        return self.create(
            [
                {"workshop_id": workshop.id, **vals}
                for vals in self._prepare_examples_vals()
            ]
        )

    @api.model
    def _prepare_examples_vals(self):
        """Return the example letters in the language of the reader.

        From the memo: answer the request with prices and terms, offer more than was
        asked, and put in writing what was said on the phone.

        :rtype: list[dict]
        """
        return [
            {
                "name": self.env._("First offer"),
                "subject": self.env._("Our offer for “{{title}}” ({{number}})"),
                "body": self.env._(
                    "Dear {{customer}},\n\n"
                    "thank you for your request. This is what we suggest:\n\n"
                    "- Work: …\n- Material: …\n- Price, all included: …\n"
                    "- Ready by: …\n- Warranty: …\n\n"
                    "Two ideas that would suit it well: …\n\n"
                    "Pictures of similar work of ours: …\n\n"
                    "Kind regards\n{{workshop}}"
                ),
            },
            {
                "name": self.env._("After a talk on the phone"),
                "subject": self.env._("What we talked about: {{title}} ({{number}})"),
                "body": self.env._(
                    "Dear {{customer}},\n\n"
                    "thank you for the talk. This is what we agreed on, and our "
                    "offer:\n\n"
                    "- Work: …\n- Price, all included: …\n- Ready by: …\n\n"
                    "Please tell us if we misunderstood anything.\n\n"
                    "Kind regards\n{{workshop}}"
                ),
            },
            {
                "name": self.env._("Asking again"),
                "subject": self.env._("Your request “{{title}}” ({{number}})"),
                "body": self.env._(
                    "Dear {{customer}},\n\n"
                    "some days ago we sent you an offer. Is there anything that you "
                    "would like to have differently? We gladly change material, size "
                    "or price.\n\n"
                    "Kind regards\n{{workshop}}"
                ),
            },
        ]
