from odoo import fields, models

SENT = ("mail", "bulk")


class CrmFollowupLog(models.Model):
    _inherit = "crm.followup.log"

    # No reason to stop: mail programs and scanners load pictures, too.
    kind = fields.Selection(
        selection_add=[("open", "Mail opened, perhaps by a program")],
        ondelete={"open": "cascade"},
    )

    def _note_open(self, message):
        """Take down, once for each deal, that a mail was opened.

        :param message: `mail.message` that went out
        """
        rows = self.search(
            [("mail_message_id", "=", message.id), ("kind", "in", (*SENT, "open"))]
        )
        opened = rows.filtered(lambda row: row.kind == "open").lead_id
        sent = rows.filtered(lambda row: row.lead_id not in opened)
        self.create(
            [
                {
                    "kind": "open",
                    "lead_id": row.lead_id.id,
                    "enrollment_id": row.enrollment_id.id,
                    "step_id": row.step_id.id,
                    "email": row.email,
                    "mail_message_id": message.id,
                    "user_id": False,
                }
                for row in sent
            ]
        )
