from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.tools import get_lang

from ..exceptions import Purged

STATES = [
    ("draft", "Draft"),
    ("submitted", "New"),
    ("in_review", "In review"),
    ("quoted", "Quoted"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]
# Nobody has answered yet.
OPEN_STATES = ("submitted", "in_review")
# Files of a request: field, end of the name.
FILES = {
    "model_glb": "glb",
    "model_stl": "stl",
    "model_step": "step",
    "data_json": "json",
    "data_xml": "xml",
    "snapshot": "png",
}
# Written by the steps of a request alone, never by hand.
GUARDED_FIELDS = {
    "name",
    "design_id",
    "version_id",
    "access_id",
    "company_id",
    "values",
    "is_modified",
    "value_ids",
    "quantity",
    "config_hash",
    "geometry_hash",
    "price_computed",
    "currency_id",
    "submitted_on",
    "purge_after",
    "legal_hold",
    "purged_on",
    "files_state",
    "idempotency_key",
    "parent_id",
    *FILES,
}


class RfqRequest(models.Model):
    """A configuration of a design that a customer wants a quotation for."""

    _name = "rfq.request"
    _description = "Request for Quotation of a Design"
    _inherit = ["offerdesk.request.mixin"]
    _check_company_auto = True
    _order = "submitted_on desc, id desc"

    design_id = fields.Many2one(
        comodel_name="rfq.design",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    version_id = fields.Many2one(
        comodel_name="rfq.design.version",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    access_id = fields.Many2one(
        comodel_name="rfq.design.access",
        readonly=True,
        groups="base.group_user",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        check_company=True,
        index=True,
        tracking=True,
        help="Empty for visitors who are not known yet.",
    )
    contact_name = fields.Char(string="Contact")
    contact_email = fields.Char(string="Email")
    contact_phone = fields.Char(string="Phone")
    lang = fields.Char(readonly=True, groups="base.group_user")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Seller",
        check_company=True,
        tracking=True,
        index=True,
        groups="base.group_user",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        check_company=True,
        groups="base.group_user",
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    submitted_on = fields.Datetime(readonly=True, copy=False)

    quantity = fields.Float(readonly=True, digits="Product Unit")
    values = fields.Json(
        readonly=True, help="What the customer decided, in canonical form."
    )
    value_ids = fields.One2many(
        comodel_name="rfq.request.value",
        inverse_name="request_id",
        string="Configuration",
        readonly=True,
        groups="base.group_user",
    )
    is_modified = fields.Boolean(
        string="Changed",
        readonly=True,
        help="The customer changed something of the design.",
    )
    message = fields.Text(string="Remarks of the Customer", readonly=True)
    requested_date = fields.Date(string="Wished Delivery")
    target_price = fields.Monetary(string="Customer's Price Idea")
    config_hash = fields.Char(readonly=True, groups="base.group_user")
    geometry_hash = fields.Char(readonly=True, groups="base.group_user")
    price_computed = fields.Monetary(
        string="Indicative Price",
        readonly=True,
        groups="base.group_user",
        help="For one piece, by the formula of the design.",
    )
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)

    model_glb = fields.Binary(string="Model", attachment=True, readonly=True)
    model_stl = fields.Binary(string="Model (STL)", attachment=True, readonly=True)
    model_step = fields.Binary(string="Model (STEP)", attachment=True, readonly=True)
    data_json = fields.Binary(string="Data (JSON)", attachment=True, readonly=True)
    data_xml = fields.Binary(string="Data (XML)", attachment=True, readonly=True)
    snapshot = fields.Binary(string="Picture", attachment=True, readonly=True)
    files_state = fields.Selection(
        selection=[
            ("pending", "In work"),
            ("done", "Made"),
            ("failed", "Without a model"),
        ],
        string="Files",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    purge_after = fields.Date(
        string="Kept until",
        readonly=True,
        copy=False,
        help="On this day, what the customer sent is removed.",
    )
    legal_hold = fields.Boolean(
        readonly=True, copy=False, tracking=True, groups="base.group_user"
    )
    purged_on = fields.Datetime(readonly=True, copy=False)

    idempotency_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Marks one filled-in form, so that sending it twice does nothing.",
    )

    _idempotency_key_uniq = models.UniqueIndex(
        "(design_id, idempotency_key) WHERE idempotency_key IS NOT NULL",
        "This request was sent already.",
    )
    # The list of sellers, latest first: without it all are sorted for one page.
    _latest_idx = models.Index("(submitted_on DESC, id DESC)")
    _purge_idx = models.Index("(purge_after) WHERE purged_on IS NULL")
    _files_idx = models.Index("(id) WHERE files_state = 'pending'")

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for request in self:
            request.access_url = f"/my/rfqs/{request.id}"
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        if any(request.legal_hold for request in self):
            raise UserError(self.env._("What is on legal hold can't be deleted."))

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | GUARDED_FIELDS

    def _check_state(self, states):
        self.ensure_one()
        if self.purged_on:
            raise UserError(
                self.env._("The data of request %(name)s were removed.", name=self.name)
            )
        return super()._check_state(states)

    def _get_customer_lang(self):
        """Return the language of the customer, if it is still active (single record).

        :rtype: str
        """
        self.ensure_one()
        return get_lang(self.env, self.sudo().lang).code  # sudo: internal, no secret

    def _for_customer(self):
        """Return the request in the customer's language (single record).

        :rtype: recordset
        """
        return self.with_context(lang=self._get_customer_lang())

    def _get_rows(self):
        """Return what people read of the configuration, in the language of the context
        (single record). See `rfq.design.version._get_rows`.

        :rtype: list
        """
        self.ensure_one()
        if self.purged_on:
            return []
        # sudo: versions are not for customers; the caller may read the request
        return self.sudo().version_id._get_rows(self.values or {})

    def _get_file_name(self, kind):
        """Return what a file of the request is called (single record).

        :param str kind: one of `FILES`
        :rtype: str
        """
        self.ensure_one()
        number = self.name.replace("/", "-").lower()
        return f"{number}.{FILES[kind]}"

    def _get_file(self, kind):
        """Return a file of the request, for the caller to serve (single record).

        The caller has checked who may have it.

        :param str kind: one of `FILES`
        :rtype: odoo.http.Stream
        :raise Purged: when it was removed
        :raise MissingError: when there is none
        """
        self.ensure_one()
        self._check_not_purged()
        # sudo: files are read with the request, which the caller has checked
        request_sudo = self.sudo()
        if kind not in FILES or not request_sudo.with_context(bin_size=True)[kind]:
            raise MissingError(self.env._("This file does not exist."))
        return self.env["ir.binary"]._get_stream_from(
            request_sudo, kind, filename=self._get_file_name(kind)
        )

    def _check_not_purged(self):
        """:raise Purged: when the files of the request were removed (single record)"""
        if self.purged_on:
            raise Purged(fields.Datetime.context_timestamp(self, self.purged_on).date())
