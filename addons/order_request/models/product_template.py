from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    order_request_mode = fields.Selection(
        selection=[
            ("policy", "As the policy says"),
            ("always", "Always needs a request"),
            ("never", "Can always be ordered at once"),
        ],
        string="Order Request",
        required=True,
        default="policy",
        help="What is ordered at once stays so while the seller is away.",
    )
    order_request_published = fields.Boolean(
        string="On the Portal",
        help="Customers see the service under My Account and can order it or send a "
        "request.",
    )
    order_request_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Seller",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Answers requests for this service; their policy counts. Empty: the "
        "customer's salesperson.",
    )
    order_request_question_ids = fields.One2many(
        comodel_name="order.request.question",
        inverse_name="product_tmpl_id",
        string="Questions",
        copy=True,
    )

    _order_request_published_idx = models.Index(
        "(company_id, id) WHERE order_request_published"
    )

    @api.model
    def _get_order_request_domain(self, company):
        """Return the services that customers of a company see on the portal.

        :param company: `res.company`
        :rtype: list
        """
        return [
            ("order_request_published", "=", True),
            ("sale_ok", "=", True),
            ("company_id", "in", [company.id, False]),
        ]

    def _get_order_request_policy(self, company, partner):
        """Return the policy that counts when a customer wants this (single record).

        :param company: `res.company` that sells
        :param partner: `res.partner` of the customer, may be empty
        :return: one policy, as superuser, or none
        :rtype: recordset of `order.request.policy`
        """
        self.ensure_one()
        seller = self._get_order_request_seller(company, partner)
        return self.env["order.request.policy"]._find(
            company, seller, seller.sale_team_id
        )

    def _get_order_request_seller(self, company, partner):
        """Return who answers a request for this: the service's own seller, else the
        customer's salesperson (single record).

        Who does not work for the company is none of its sellers.

        :param company: `res.company` that sells
        :param partner: `res.partner` of the customer, may be empty
        :rtype: recordset of `res.users`
        """
        self.ensure_one()
        # sudo: customers can't read who is in charge of what
        product_sudo, partner_sudo = self.sudo(), partner.sudo()
        sellers_sudo = (
            product_sudo.order_request_user_id
            | partner_sudo.user_id
            | partner_sudo.commercial_partner_id.user_id
        )
        return sellers_sudo.filtered(lambda user: company in user.company_ids)[:1]
