import pytz

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get

from .. import gate


class OrderRequestPolicy(models.Model):
    _name = "order.request.policy"
    _inherit = ["order.request.policy.mixin"]
    _description = "Order Request Policy"
    _check_company_auto = True
    _order = "company_id, team_id, user_id, id"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        check_company=True,
        index="btree_not_null",
        help="Empty for the policy of the whole company.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Seller",
        check_company=True,
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="A seller's own policy goes before that of their team and company.",
    )
    is_enabled = fields.Boolean(
        string="Order Requests",
        default=True,
        help="Off: the services of this seller can be ordered at once.",
    )
    audience = fields.Selection(
        selection=[("first", "First-time customers"), ("all", "All customers")],
        required=True,
        default="first",
    )
    all_services = fields.Boolean()
    product_tmpl_ids = fields.Many2many(
        comodel_name="product.template",
        string="Services",
        check_company=True,
        domain=[("sale_ok", "=", True)],
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="The hours are read in this time zone, wherever you or the customer are.",
    )
    window_ids = fields.One2many(
        comodel_name="order.request.window",
        inverse_name="policy_id",
        string="Active Hours",
        domain=[("kind", "=", "gate")],
        help="Hours in which customers have to ask first. None: always.",
    )
    answer_window_ids = fields.One2many(
        comodel_name="order.request.window",
        inverse_name="policy_id",
        string="Answering Hours",
        domain=[("kind", "=", "answer")],
        context={"default_kind": "answer"},
        help="The time to answer runs only within these hours. None: always.",
    )
    away_ids = fields.One2many(
        comodel_name="order.request.away",
        inverse_name="policy_id",
        string="Days Away",
    )
    away_mode = fields.Selection(
        selection=[
            ("closed", "Can't be ordered"),
            ("request", "Requests only"),
        ],
        string="While Away",
        required=True,
        default="closed",
    )
    exempt_after_offer = fields.Boolean(
        string="Direct Orders after an Offer",
        default=True,
        help="A customer who received a custom offer orders without a request.",
    )
    exempt_days = fields.Integer(
        string="Days after the Offer",
        default=30,
        help="0: for ever.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    returning_min_amount = fields.Monetary(
        string="Least Earlier Order",
        help="An earlier order counts when its total is more than this.",
    )
    answer_hours = fields.Integer(
        string="Hours to Answer",
        default=24,
        required=True,
        help="Customers are told this time.",
    )
    request_expiry_days = fields.Integer(
        string="Days until a Request Expires",
        default=7,
        required=True,
        help="A request that nobody answers expires after as many days.",
    )
    offer_valid_days = fields.Integer(
        string="Days an Offer is Valid",
        default=14,
        help="Suggested for new offers. 0: without expiry.",
    )
    mixed_cart = fields.Selection(
        selection=[
            ("choice", "Customers may order the rest at once"),
            ("all", "Everything becomes a request"),
        ],
        string="Mixed Carts",
        required=True,
        default="choice",
    )
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Answers requests that have no other seller.",
    )

    _seller_uniq = models.UniqueIndex(
        "(company_id, COALESCE(team_id, 0), COALESCE(user_id, 0))",
        "There is a policy for this seller already.",
    )
    _answer_hours_positive = models.Constraint(
        "CHECK(answer_hours > 0)", "The time to answer is at least one hour."
    )
    _expiry_positive = models.Constraint(
        "CHECK(request_expiry_days > 0)", "Requests expire after one day at least."
    )
    _days_not_negative = models.Constraint(
        "CHECK(offer_valid_days >= 0 AND exempt_days >= 0)",
        "Days can't be negative.",
    )

    @api.depends("user_id", "team_id", "company_id")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = (
                policy.user_id.name or policy.team_id.name or policy.company_id.name
            )

    @api.constrains("team_id", "user_id")
    def _check_one_seller(self):
        for policy in self:
            if policy.team_id and policy.user_id:
                raise ValidationError(
                    self.env._("A policy is for a team or for a seller, not for both.")
                )

    @api.constrains("user_id")
    def _check_seller_group(self):
        for policy in self:
            if policy.user_id and not policy._is_granted():
                raise ValidationError(
                    self.env._(
                        "%(name)s may not have a policy of their own. A manager can "
                        "allow it in the user's access rights.",
                        name=policy.user_id.name,
                    )
                )

    def _is_granted(self):
        """Return whether the seller may have a policy of their own (single record).

        That right is given by managers; it is the source text's membership.

        :rtype: bool
        """
        self.ensure_one()
        return not self.user_id or self.user_id.has_group(
            "order_request.group_order_request_seller"
        )

    @api.model
    def _find(self, company, user=None, team=None):
        """Return the policy that counts for a seller: the most specific one.

        :param company: `res.company` that sells
        :param user: `res.users`, may be empty
        :param team: `crm.team`, may be empty
        :return: one policy, as superuser, or none
        :rtype: recordset
        """
        policy_id = self._find_id(company.id, user and user.id, team and team.id)
        # sudo: customers read no policies, but they are bound by them
        return self.sudo().browse(policy_id)

    @api.model
    def _find_responsible(self, company, user=None, team=None):
        """Return who answers what has no seller: whom the policy names, else who leads
        the team, else a sales manager, so that nothing waits unseen.

        :param company: `res.company` that sells
        :param user: `res.users`, may be empty
        :param team: `crm.team`, may be empty
        :return: one user, none when the company has no sales manager
        :rtype: recordset of `res.users`
        """
        policy_sudo = self._find(company, user, team)
        # sudo: customers can't read who is in charge of what
        team_sudo = (team or policy_sudo.team_id or self._get_team(company)).sudo()
        managers_sudo = self.env.ref("sales_team.group_sale_manager").sudo()
        users_sudo = (
            policy_sudo.responsible_id
            + team_sudo.user_id
            + managers_sudo.all_user_ids.sorted("id")
        )
        return users_sudo.filtered(
            lambda one: one.active
            and one._is_internal()
            and one.id != SUPERUSER_ID
            and company in one.company_ids
        )[:1]

    @api.model
    def _get_team(self, company):
        """Return the team of whatever has none, the company's own one first.

        :param company: `res.company`
        :rtype: recordset of `crm.team`
        """
        # sudo: see `_find_responsible`
        teams_sudo = self.env["crm.team"].sudo()
        domain = Domain("company_id", "in", [company.id, False])
        return teams_sudo.search(domain, order="company_id, sequence, id", limit=1)

    @api.model
    @tools.ormcache("company_id", "user_id", "team_id")
    def _find_id(self, company_id, user_id, team_id):
        # sudo: see `_find`
        policies = self.sudo().search(
            Domain("company_id", "=", company_id)
            & Domain("user_id", "in", [user_id or False, False])
            & Domain("team_id", "in", [team_id or False, False])
        )
        granted = policies.filtered(lambda policy: policy._is_granted())
        return granted.sorted(lambda policy: (not policy.user_id, not policy.team_id))[
            :1
        ].id

    @tools.ormcache("self.id")
    def _get_gate_policy(self):
        """Return the policy as the gate reads it (single record or none).

        :rtype: gate.Policy
        """
        if not self:
            return gate.Policy(active=False)
        zone = pytz.timezone(self.tz)
        return gate.Policy(
            active=self.is_enabled,
            audience=self.audience,
            all_services=self.all_services,
            services=frozenset(self.product_tmpl_ids.ids),
            tz=self.tz,
            windows=self.window_ids._to_gate_windows(),
            away=tuple(away._get_moments(zone) for away in self.away_ids),
            away_mode=self.away_mode,
            exempt_after_offer=self.exempt_after_offer,
        )

    def _get_gate_customer(self, partner):
        """Return what counts of a customer under this policy (single record).

        Only what the company itself did counts: an order that was confirmed, an offer
        that was sent in answer to a request. A visitor is always new.

        :param partner: `res.partner`, empty for a visitor
        :rtype: gate.Customer
        """
        self.ensure_one()
        commercial = partner.commercial_partner_id
        if not commercial:
            return gate.Customer()
        returning, had_offer = self._get_history(commercial)
        return gate.Customer(
            returning=self.audience == "first" and returning,
            had_offer=self.exempt_after_offer and had_offer,
        )

    def _get_history(self, commercial):
        """Return whether a customer has ordered before, and whether they received an
        offer, colleagues included (single record).

        In one statement, because every page of a cart or an order asks.

        :param commercial: `res.partner`
        :rtype: tuple[bool, bool]
        """
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["sale.order"].flush_model(
            ["partner_id", "company_id", "state", "first_confirmed_on", "amount_total"]
        )
        self.env["order.request"].flush_model(
            ["commercial_partner_id", "company_id", "offered_on", "state"]
        )
        oldest = (
            fields.Datetime.subtract(fields.Datetime.now(), days=self.exempt_days)
            if self.exempt_days
            else None
        )
        [history] = self.env.execute_query(
            SQL(
                """
                SELECT
                    EXISTS (
                        SELECT FROM sale_order
                        JOIN res_partner AS partner
                            ON partner.id = sale_order.partner_id
                        WHERE partner.commercial_partner_id = %(customer)s
                            AND sale_order.company_id = %(company)s
                            AND sale_order.state = 'sale'
                            AND sale_order.first_confirmed_on IS NOT NULL
                            AND sale_order.amount_total > %(least)s
                    ),
                    EXISTS (
                        SELECT FROM order_request
                        WHERE commercial_partner_id = %(customer)s
                            AND company_id = %(company)s
                            AND offered_on IS NOT NULL
                            AND state != 'refused'
                            AND (
                                %(oldest)s::timestamp IS NULL
                                OR offered_on >= %(oldest)s::timestamp
                            )
                    )
                """,
                customer=commercial.id,
                company=self.company_id.id,
                least=self.returning_min_amount,
                oldest=oldest,
            )
        )
        return history

    def _evaluate(self, partner, products, at=None):
        """Return whether a customer may order products at once (single record or none).

        :param partner: `res.partner`, empty for a visitor
        :param products: `product.template` records
        :param datetime at: UTC, as Odoo stores it; now by default
        :rtype: gate.Result
        """
        policy = self._get_gate_policy()
        if not policy.active:
            return gate.Result("direct", "policy_off")
        services = [
            gate.Service(product.id, product.order_request_mode) for product in products
        ]
        at = pytz.utc.localize(at or fields.Datetime.now())
        return gate.evaluate(policy, self._get_gate_customer(partner), services, at)

    def _get_away_message(self, at=None):
        """Return what customers read while the seller is away (single record or none).

        :param datetime at: UTC; now by default
        :rtype: str
        """
        if not self:
            return ""
        zone = pytz.timezone(self.tz)
        at = pytz.utc.localize(at or fields.Datetime.now())
        for away in self.away_ids:
            start, stop = away._get_moments(zone)
            if start <= at < stop and away.message:
                return away.message
        return ""
