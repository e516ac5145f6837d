from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base_offerdesk.locking import wait_for_rows


class RfqRequestReply(models.TransientModel):
    _name = "rfq.request.reply"
    _description = "Answer to a Request"

    request_id = fields.Many2one(comodel_name="rfq.request", required=True)
    kind = fields.Selection(
        selection=[
            ("question", "Question"),
            ("counter", "Other configuration"),
            ("reject", "Rejection"),
        ],
        required=True,
    )
    message = fields.Text(string="Text to the Customer")
    line_ids = fields.One2many(
        comodel_name="rfq.request.reply.line",
        inverse_name="reply_id",
        string="Configuration",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    seen = fields.Char(
        compute="_compute_seen",
        store=True,
        readonly=False,
        help="How the request stood when the window was opened.",
    )

    @api.depends("request_id", "kind")
    def _compute_line_ids(self):
        for reply in self:
            rows = reply.request_id._get_rows() if reply.kind == "counter" else []
            reply.line_ids = [
                Command.create(
                    {
                        "code": row["code"],
                        "label": row["label"],
                        "original": reply._get_editable(row),
                        "value": reply._get_editable(row),
                        "unit": row["unit"],
                        "choices": reply._get_choices(row),
                    }
                )
                for row in rows
                if row["type"] != "derived"
            ]

    @api.depends("request_id")
    def _compute_seen(self):
        for reply in self:
            reply.seen = reply._get_standing()

    @api.model
    def _get_editable(self, row):
        if row["type"] == "boolean":
            return "true" if row["value"] else "false"
        if row["type"] in ("integer", "float"):
            return row["text"]
        return row["value"] or ""

    def _get_choices(self, row):
        """Return what may be entered, as codes (single record).

        :rtype: str
        """
        self.ensure_one()
        # sudo: what the seller may see of the version, the request's rows show already
        engine = self.request_id.sudo().version_id._get_engine()
        parameter = engine.parameters[row["code"]]
        if row["type"] == "boolean":
            return "true, false"
        return ", ".join(option["code"] for option in parameter.get("options", ()))

    def _get_standing(self):
        """Return what changes with each answer (single record).

        :rtype: str
        """
        self.ensure_one()
        request = self.request_id
        return f"{request.state},{len(request.answer_ids)}"

    def action_send(self):
        """Send the answer.

        :raise UserError: when somebody answered since the window was opened
        """
        self.ensure_one()
        request = self.request_id
        request.check_access("write")
        wait_for_rows(request)
        if self.seen != self._get_standing():
            raise UserError(
                self.env._(
                    "Somebody answered this request while you had it open. Please "
                    "look at it again."
                )
            )
        message = (self.message or "").strip()
        if self.kind == "question":
            if not message:
                raise UserError(self.env._("Please write what you want to know."))
            request._ask(message)
        elif self.kind == "reject":
            request._reject(message)
        else:
            changed = self.line_ids.filtered(lambda line: line.value != line.original)
            request._counter({line.code: line.value for line in changed}, message)


class RfqRequestReplyLine(models.TransientModel):
    _name = "rfq.request.reply.line"
    _description = "Value of a Proposed Configuration"

    reply_id = fields.Many2one(
        comodel_name="rfq.request.reply", required=True, ondelete="cascade"
    )
    code = fields.Char(required=True)
    label = fields.Char(string="Parameter")
    original = fields.Char(string="Requested")
    value = fields.Char(string="Proposed")
    unit = fields.Char()
    choices = fields.Char(string="Possible")
