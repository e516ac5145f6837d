from odoo import api, fields, models


class RfqDesignParameter(models.Model):
    _name = "rfq.design.parameter"
    _description = "Parameter of a Design"
    _rec_name = "label"
    _order = "sequence, id"

    design_id = fields.Many2one(
        comodel_name="rfq.design",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="design_id.company_id", store=True)
    product_tmpl_id = fields.Many2one(related="design_id.product_tmpl_id")
    sequence = fields.Integer(default=10)
    group = fields.Char(translate=True)
    code = fields.Char(required=True)
    label = fields.Char(required=True, translate=True)
    help = fields.Char(string="Explanation", translate=True)
    type = fields.Selection(
        selection=[
            ("integer", "Whole number"),
            ("float", "Number"),
            ("selection", "Selection"),
            ("boolean", "Yes or no"),
            ("text", "Text"),
            ("derived", "Calculated"),
        ],
        required=True,
        default="integer",
    )
    default_value = fields.Char(string="Default")
    minimum = fields.Float(digits=(16, 6))
    maximum = fields.Float(digits=(16, 6), default=100)
    step = fields.Float(digits=(16, 6), help="0: any number.")
    decimals = fields.Integer(default=1)
    unit = fields.Char(help="Like mm or kg.")
    expression = fields.Text(help="How a calculated parameter is calculated.")
    max_length = fields.Integer(string="Characters", default=200)
    required = fields.Boolean()
    customer_visible = fields.Boolean(string="Customers See It", default=True)
    option_ids = fields.One2many(
        comodel_name="rfq.design.option",
        inverse_name="parameter_id",
        string="Options",
        copy=True,
    )
    ptal_id = fields.Many2one(
        comodel_name="product.template.attribute.line",
        string="Attribute",
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        help="What the parameter is on the product of the quotation. Numbers and texts "
        "need a value of the attribute that is free text.",
    )

    _code_uniq = models.UniqueIndex(
        "(design_id, code)", "Two parameters of a design can't have the same code."
    )

    @api.depends("label", "code")
    def _compute_display_name(self):
        for parameter in self:
            parameter.display_name = f"{parameter.label} ({parameter.code})"

    def _prepare_source(self, words):
        """Return the parameter as the engine compiles it (single record).

        :param words: function that returns what a field says to people
        :rtype: dict
        """
        self.ensure_one()
        source = {"code": self.code, "type": self.type}
        source |= {
            key: words(self, key) for key in ("label", "help", "group") if self[key]
        }
        if self.unit:
            source["unit"] = self.unit
        if not self.customer_visible:
            source["customer_visible"] = False
        if self.type == "derived":
            return source | {"expression": self.expression or ""}
        source |= {"required": self.required, "default": self.default_value or None}
        if self.type == "boolean" and not self.default_value:
            source["default"] = False
        return source | self._prepare_type_source(words)

    def _prepare_type_source(self, words):
        """Return what only parameters of this type have (single record).

        :rtype: dict
        """
        self.ensure_one()
        if self.type == "integer":
            return self._prepare_bounds()
        if self.type == "float":
            return {**self._prepare_bounds(), "decimals": self.decimals}
        if self.type == "text":
            return {"max_length": self.max_length}
        if self.type == "selection":
            return {
                "options": [
                    {
                        "code": option.code,
                        "label": words(option, "label"),
                        **({"swatch": option.swatch} if option.swatch else {}),
                    }
                    for option in self.option_ids
                ]
            }
        return {}

    def _prepare_bounds(self):
        return {
            "min": self.minimum,
            "max": self.maximum,
            "step": self.step or None,
        }
