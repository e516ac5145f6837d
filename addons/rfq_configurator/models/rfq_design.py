from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import model_file
from ..definition.compile import CODE


class RfqDesign(models.Model):
    """Something that customers configure and ask a quotation for.

    Customers have no access to it by RPC: their pages get a public copy of its
    published version.
    """

    _name = "rfq.design"
    _description = "Design"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Part of the design's address: small letters, digits and _.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("published", "Published"),
            ("archived", "Archived"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template",
        string="Product",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        help="What stands on quotations.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        check_company=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales Team", check_company=True
    )
    image = fields.Image(
        max_width=1024,
        max_height=1024,
        help="Shown in lists, and where the model can't be.",
    )

    source = fields.Selection(
        selection=[("recipe", "Recipe"), ("static", "Uploaded model")],
        string="Model from",
        required=True,
        default="recipe",
    )
    unit = fields.Selection(
        selection=[("mm", "mm"), ("cm", "cm"), ("in", "in")],
        string="Unit of Lengths",
        required=True,
        default="mm",
    )
    recipe = fields.Text(help="JSON, see the manual.")
    model_file = fields.Binary(
        string="Model", attachment=True, copy=False, help="GLB, STL or STEP."
    )
    model_filename = fields.Char(copy=False)
    parameter_ids = fields.One2many(
        comodel_name="rfq.design.parameter",
        inverse_name="design_id",
        string="Parameters",
        copy=True,
    )
    rule_ids = fields.One2many(
        comodel_name="rfq.design.rule",
        inverse_name="design_id",
        string="Rules",
        copy=False,
    )
    test_ids = fields.One2many(
        comodel_name="rfq.design.rule.test",
        inverse_name="design_id",
        string="Rule Tests",
        copy=True,
    )
    version_ids = fields.One2many(
        comodel_name="rfq.design.version",
        inverse_name="design_id",
        string="Versions",
    )
    current_version_id = fields.Many2one(
        comodel_name="rfq.design.version",
        string="Published Version",
        readonly=True,
        copy=False,
    )

    access_mode = fields.Selection(
        selection=[
            ("private", "Invited customers"),
            ("portal", "Everybody who is logged in"),
            ("link", "Everybody who has the link"),
            ("public", "Everybody"),
        ],
        string="Who May See It",
        required=True,
        default="private",
        tracking=True,
    )
    access_ids = fields.One2many(
        comodel_name="rfq.design.access",
        inverse_name="design_id",
        string="Invited Customers",
    )
    notify_new_version = fields.Boolean(
        string="Tell Customers of New Versions",
        help="With each publication, all invited customers get a mail; otherwise those "
        "who had none yet.",
    )

    rfq_enabled = fields.Boolean(
        string="Requests for Quotation", default=True, tracking=True
    )
    button_label = fields.Char(
        string="Text of the Button",
        translate=True,
        help="Empty: that of the company.",
    )
    intro_text = fields.Html(
        string="Text in the Request",
        translate=True,
        help="Empty: that of the company.",
    )
    success_text = fields.Html(
        string="Text after Sending",
        translate=True,
    )
    notify_seller = fields.Selection(
        selection=[
            ("company", "As the company has it"),
            ("none", "Nobody"),
            ("responsible", "The responsible"),
            ("team", "The sales team"),
            ("address", "These contacts"),
        ],
        string="Mails on New Requests to",
        required=True,
        default="company",
    )
    notify_partner_ids = fields.Many2many(
        comodel_name="res.partner", string="Contacts Who Get Mails"
    )
    confirm_to_customer = fields.Boolean(
        string="Confirm to the Customer by Mail", default=True
    )
    min_qty = fields.Integer(string="Minimum Quantity", default=1)
    allow_free_text = fields.Boolean(string="Customers May Write", default=True)
    allow_upload = fields.Boolean(string="Customers May Attach Files")
    own_retention = fields.Boolean(
        help="Requests for this design are kept for another time than the company's.",
    )
    retention_days = fields.Integer(
        string="Keep Requests (days)", default=30, help="0 keeps them for ever."
    )

    price_display = fields.Selection(
        selection=[("hidden", "Hidden"), ("indicative", "Indicative")],
        string="Price for Customers",
        required=True,
        default="hidden",
    )
    price_formula = fields.Text(
        groups="sales_team.group_sale_salesman",
        help="An expression of parameters. It is calculated on the server only.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )

    request_ids = fields.One2many(
        comodel_name="rfq.request", inverse_name="design_id", string="Requests"
    )
    request_count = fields.Integer(compute="_compute_request_count")

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "There is a design with this code already."
    )
    _min_qty_positive = models.Constraint(
        "CHECK (min_qty > 0)", "The minimum quantity is at least 1."
    )
    _retention_days_positive = models.Constraint(
        "CHECK (retention_days >= 0)",
        "Requests can't be kept for less than 0 days.",
    )

    @api.depends("request_ids")
    def _compute_request_count(self):
        counts = dict(
            self.env["rfq.request"]._read_group(
                [("design_id", "in", self.ids)], ["design_id"], ["__count"]
            )
        )
        for design in self:
            design.request_count = counts.get(design, 0)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for design in self:
            design.access_url = f"/rfq/d/{design.code}"
        return result

    @api.constrains("code")
    def _check_code(self):
        for design in self:
            if not CODE.fullmatch(design.code):
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” can't be used: up to 31 small letters, "
                        "digits and _, beginning with a letter.",
                        code=design.code,
                    )
                )

    @api.constrains("model_file")
    def _check_model_file(self):
        for design in self.filtered("model_file"):
            content = design._get_model_content()
            if len(content) > model_file.MAX_BYTES:
                raise ValidationError(
                    self.env._(
                        "The model is too large: at most %(max)s MB are possible.",
                        max=model_file.MAX_BYTES // 1024 // 1024,
                    )
                )
            if not model_file.recognise(content):
                raise ValidationError(
                    self.env._("The model is none that we know: GLB, STL or STEP.")
                )

    @api.constrains(
        "parameter_ids", "rule_ids", "recipe", "source", "unit", "price_formula"
    )
    def _check_definition(self):
        for design in self:
            design._compile()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        # sudo: versions are kept, whoever deletes
        if self.sudo().version_ids:
            raise UserError(
                self.env._("Designs that were published are kept. Archive them.")
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for design, vals in zip(self, vals_list, strict=True):
            if "code" not in (default or {}):
                vals["code"] = design._get_free_code()
        return vals_list

    def copy(self, default=None):
        copies = super().copy(default)
        for design, copied in zip(self, copies, strict=True):
            copied.rule_ids = design.rule_ids._prepare_copies(copied)
        return copies

    def action_view_requests(self):
        """Open the requests of the design (single record)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rfq_configurator.rfq_request_action"
        )
        return {
            **action,
            "domain": [("design_id", "=", self.id)],
            "context": {"default_design_id": self.id},
        }

    def _get_free_code(self):
        """Return a code for a copy (single record).

        :rtype: str
        """
        self.ensure_one()
        number = 2
        while True:
            suffix = f"_{number}"
            code = self.code[: 31 - len(suffix)] + suffix
            # sudo: codes are unique beyond the companies that somebody sees
            if not self.sudo().search_count([("code", "=", code)], limit=1):
                return code
            number += 1

    def _get_model_content(self):
        """Return the uploaded model (single record).

        :rtype: bytes
        """
        self.ensure_one()
        return self.env["rfq.design.version"]._read_binary(self, "model_file")

    def _get_retention_days(self):
        """Return how long requests are kept; 0: for ever (single record).

        :rtype: int
        """
        self.ensure_one()
        if self.own_retention:
            return self.retention_days
        return self.company_id.rfq_retention_days

    def _is_rfq_open(self):
        """Return whether customers may ask for quotations now (single record).

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.state == "published"
            and self.rfq_enabled
            and self.company_id.rfq_enabled
        )
