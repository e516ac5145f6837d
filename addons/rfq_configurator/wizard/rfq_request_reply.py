from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import get_lang

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
            names = reply._get_option_names() if rows else {}
            reply.line_ids = [
                Command.create(
                    {
                        "code": row["code"],
                        "label": row["label"],
                        "original": reply._get_editable(row, names),
                        "value": reply._get_editable(row, names),
                        "unit": row["unit"],
                        "choices": ", ".join(names.get(row["code"], {}).values()),
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
    def _get_editable(self, row, names):
        if row["code"] in names:
            return names[row["code"]].get(row["value"] or False, "")
        return row["text"]

    def _get_option_names(self):
        """Return what stands for the values of parameters that have only some: names in
        the seller's language, or codes where two options have the same name (single
        record).

        :return: value to name, by the code of the parameter
        :rtype: dict
        """
        self.ensure_one()
        # sudo: what the seller may see of the version, the request's rows show already
        version_sudo = self.request_id.sudo().version_id
        definition = version_sudo._get_public_definition(get_lang(self.env).code)
        found = {}
        for parameter in definition["parameters"]:
            if parameter["type"] == "boolean":
                names = {True: self.env._("Yes"), False: self.env._("No")}
            elif parameter["type"] == "selection":
                names = {
                    option["code"]: option.get("label") or option["code"]
                    for option in parameter["options"]
                }
                if len(set(names.values())) < len(names):
                    names = {code: code for code in names}
            else:
                continue
            found[parameter["code"]] = names
        return found

    def _read_values(self):
        """Return what the seller changed, by the codes of parameters (single record).
        An option may be written as its name or as its code.

        :rtype: dict
        """
        self.ensure_one()
        names = self._get_option_names()
        values = {}
        for line in self.line_ids.filtered(lambda line: line.value != line.original):
            text = (line.value or "").strip()
            meant = {
                name.casefold(): value
                for value, name in names.get(line.code, {}).items()
            }
            values[line.code] = meant.get(text.casefold(), text)
        return values

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
            request._counter(self._read_values(), message)


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
