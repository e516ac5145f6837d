from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..definition import parse_number
from .rfq_request import OPEN_STATES

# The customer may still get a quotation.
QUOTABLE_STATES = (*OPEN_STATES, "quoted", "declined")
# Files that an order keeps when the request is removed.
KEPT_MODELS = ("model_glb", "model_step")


class RfqRequest(models.Model):
    """What sellers do: ask, propose, quote, reject. States follow the order then."""

    _inherit = "rfq.request"

    answer_ids = fields.One2many(
        comodel_name="rfq.answer",
        inverse_name="request_id",
        string="Answers",
        readonly=True,
        groups="base.group_user",
    )
    parent_id = fields.Many2one(
        comodel_name="rfq.request",
        string="Revision of",
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    revision_ids = fields.One2many(
        comodel_name="rfq.request",
        inverse_name="parent_id",
        string="Revisions",
        readonly=True,
        groups="base.group_user",
    )
    sale_line_ids = fields.One2many(
        comodel_name="sale.order.line",
        inverse_name="rfq_request_id",
        readonly=True,
        groups="base.group_user",
    )
    sale_order_ids = fields.Many2many(
        comodel_name="sale.order",
        string="Quotations",
        compute="_compute_sale_order_ids",
        groups="base.group_user",
    )

    @api.depends("sale_line_ids.order_id")
    def _compute_sale_order_ids(self):
        for request in self:
            request.sale_order_ids = request.sale_line_ids.order_id

    def action_review(self):
        """Tell the customer's page that somebody looks at it."""
        self.check_access("write")
        for request in self:
            request._check_state(("submitted",))
            request._advance({"state": "in_review"})

    def action_ask(self):
        """Open the window in which the customer is asked something."""
        return self._open_reply("question")

    def action_counter(self):
        """Open the window in which another configuration is proposed."""
        return self._open_reply("counter")

    def action_reject(self):
        """Open the window in which the request is rejected."""
        return self._open_reply("reject")

    def action_create_quotation(self):
        """Make one quotation of requests of one customer, and open it.

        :raise UserError: when they can't be quoted together
        """
        self.check_access("write")
        self._check_quotable()
        if not all(request.partner_id for request in self):
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "rfq_configurator.rfq_request_quotation_action"
            )
            return {**action, "context": {"default_request_ids": self.ids}}
        return self._open_order(self._create_quotation(self.partner_id[:1]))

    def action_view_orders(self):
        """Open the quotations of the request (single record)."""
        self.ensure_one()
        if len(self.sale_order_ids) == 1:
            return self._open_order(self.sale_order_ids)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sale.action_quotations_with_onboarding"
        )
        return {**action, "domain": [("id", "in", self.sale_order_ids.ids)]}

    @api.model
    def _open_order(self, order):
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "views": [(False, "form")],
        }

    def _open_reply(self, kind):
        self.ensure_one()
        self.check_access("write")
        self._check_state(OPEN_STATES)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rfq_configurator.rfq_request_reply_action"
        )
        context = {"default_request_id": self.id, "default_kind": kind}
        titles = {
            "question": self.env._("Ask the Customer"),
            "counter": self.env._("Propose a Configuration"),
            "reject": self.env._("Reject the Request"),
        }
        return {**action, "name": titles[kind], "context": context}

    # === ANSWERS ===

    def _ask(self, body):
        """Ask the customer something (single record).

        :param str body: plain text
        :raise UserError: when the request is not open
        """
        self.check_access("write")
        self._check_state(OPEN_STATES)
        self._advance({"state": "in_review"})
        self._answer("question", body)

    def _reject(self, body):
        """Reject the request (single record).

        :param str body: plain text, may be empty
        :raise UserError: when the request is not open
        """
        self.check_access("write")
        self._check_state(OPEN_STATES)
        self._advance({"state": "rejected"})
        self._answer("reject", body)

    def _counter(self, inputs, body):
        """Propose another configuration; what the customer sent stays as it is (single
        record).

        :param dict inputs: values or texts by code, what differs from the request
        :param str body: plain text, may be empty
        :return: the revision, which the customer may take
        :rtype: recordset
        :raise UserError: when the request is not open
        :raise ValidationError: when the rules refuse the configuration
        """
        self.check_access("write")
        self._check_state(OPEN_STATES)
        version = self.version_id
        typed = {code: self._read_typed(code, text) for code, text in inputs.items()}
        result = version._get_engine().evaluate({**(self.values or {}), **typed}, ".")
        vals = self._prepare_configuration_vals(version, result)
        if vals["config_hash"] == self.config_hash:
            raise ValidationError(self.env._("Nothing differs from the request."))
        # sudo: requests are made by our steps alone; may write, see above
        revision = self.sudo().create(self._prepare_revision_vals(vals))
        revision._create_snapshot()
        self._advance({"state": "in_review"})
        self._answer("counter", body, {"revision_id": revision.id})
        return revision

    def _read_typed(self, code, text):
        """Return what a seller typed, numbers in the language of the context (single
        record).

        :param str code: of the parameter
        :rtype: str | float
        """
        self.ensure_one()
        version = self.version_id
        parameter = version._get_engine().parameters.get(code, {})
        number = None
        if isinstance(text, str) and parameter.get("type") in ("integer", "float"):
            number = parse_number(text, version._get_decimal_point())
        return text if number is None else number

    def _prepare_revision_vals(self, vals):
        """Return the values of a proposed configuration (single record).

        :param dict vals: of the configuration
        :rtype: dict
        """
        self.ensure_one()
        kept = (
            *("design_id", "version_id", "access_id", "company_id", "partner_id"),
            *("user_id", "team_id", "currency_id"),
        )
        plain = (
            *("contact_name", "contact_email", "contact_phone", "lang", "quantity"),
            *("requested_date", "target_price", "purge_after"),
        )
        return {
            **{name: self[name].id for name in kept},
            **{name: self[name] for name in plain},
            **vals,
            "parent_id": self.id,
        }

    def _answer(self, kind, body, vals=None):
        """Keep an answer and tell the customer (single record).

        :param str kind: of `rfq.answer`
        :param str body: plain text, may be empty
        :param dict vals: more values of the answer
        """
        self.ensure_one()
        # sudo: answers are made by our steps alone; the step checked who takes it
        self.env["rfq.answer"].sudo().create(
            {
                "request_id": self.id,
                "kind": kind,
                "body": body,
                "sent_on": fields.Datetime.now(),
                **(vals or {}),
            }
        )
        self._close_activities()
        if body:
            self._post(self.env.user.partner_id, body)
        self._send_template(
            "rfq_configurator.mail_template_answered",
            answer_kind=kind,
            seller_message=body,
        )

    # === QUOTATION ===

    def _check_quotable(self):
        """Refuse what can't be on one quotation.

        :raise UserError: with the reason
        """
        for request in self:
            request._check_state(QUOTABLE_STATES)
            if not request.design_id.product_tmpl_id:
                raise UserError(
                    self.env._(
                        "Choose the product of the design “%(design)s” first.",
                        design=request.design_id.name,
                    )
                )
        if len(self.company_id) > 1 or len(self.partner_id.commercial_partner_id) > 1:
            raise UserError(
                self.env._("One quotation is for one customer of one company.")
            )

    def _create_quotation(self, partner):
        """Make a quotation of all requests.

        :param partner: `res.partner` who gets it
        :return: the quotation, a draft; the one that is being written already, if any
        :rtype: recordset
        :raise UserError: when they can't be quoted together
        """
        self._take_turn()
        self._check_quotable()
        if draft := self._get_draft_quotation():
            return draft
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company_id.id,
                "user_id": (self.user_id[:1] or self.env.user).id,
                "origin": ", ".join(self.mapped("name")),
                "order_line": [
                    Command.create(request._prepare_line_vals()) for request in self
                ],
            }
        )
        for request in self:
            request._copy_files(order)
            # sudo: answers are made by our steps alone; the step checked who takes it
            self.env["rfq.answer"].sudo().create(
                {
                    "request_id": request.id,
                    "kind": "quotation",
                    "sale_order_id": order.id,
                }
            )
            order.message_post_with_source(
                "mail.message_origin_link",
                render_values={"self": order, "origin": request},
                subtype_xmlid="mail.mt_note",
            )
        self._follow_orders()
        return order

    def _take_turn(self):
        """Let one seller at a time quote requests.

        Their rows change, so that who comes at the same moment waits, is played again,
        and finds what the other one did.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE rfq_request SET write_date = %s WHERE id IN %s",
                fields.Datetime.now(),
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["write_date"])

    def _get_draft_quotation(self):
        """Return the quotation of all these requests that somebody is writing.

        :rtype: recordset of `sale.order`
        :raise UserError: when it is another seller's, who alone sees it
        """
        # sudo: it may be another seller's; it is told of, and opened if it may be read
        lines_sudo = self.sudo().sale_line_ids
        drafts_sudo = lines_sudo.order_id.filtered(
            lambda order: order.state == "draft"
            and order.order_line.rfq_request_id >= self
        )
        draft = drafts_sudo[:1].sudo(False)
        if draft and not draft.has_access("read"):
            raise UserError(
                self.env._(
                    "%(seller)s is writing a quotation of it already.",
                    seller=drafts_sudo[:1].user_id.name,
                )
            )
        return draft

    def _prepare_line_vals(self):
        """Return the order line that holds all of the request that it needs (single
        record).

        :rtype: dict
        """
        self.ensure_one()
        return {
            **self._prepare_product_vals(),
            "product_uom_qty": self.quantity,
            "rfq_request_id": self.id,
            "rfq_version_id": self.version_id.id,
            "rfq_values": self.values,
            "rfq_unit_price": self.price_computed,
            "rfq_price_currency_id": self.price_computed and self.currency_id.id,
        }

    def _prepare_product_vals(self):
        """Return the variant that was configured, by the attributes that parameters are
        mapped to (single record).

        :rtype: dict
        :raise UserError: when the product has no such variant
        """
        self.ensure_one()
        template = self.design_id.product_tmpl_id
        chosen, custom = self._get_attribute_values()
        combination = template._get_first_possible_combination(necessary_values=chosen)
        product = template._get_variant_for_combination(
            combination
        ) or template._create_product_variant(combination)
        if not product or chosen - combination:
            raise UserError(
                self.env._(
                    "%(product)s has no variant for this configuration.",
                    product=template.display_name,
                )
            )
        without_variant = combination.filtered(
            lambda value: value.attribute_id.create_variant == "no_variant"
        )
        return {
            "product_id": product.id,
            "product_no_variant_attribute_value_ids": [
                Command.set(without_variant.ids)
            ],
            "product_custom_attribute_value_ids": [
                Command.create(
                    {
                        "custom_product_template_attribute_value_id": value.id,
                        "custom_value": text,
                    }
                )
                for value, text in custom
            ],
        }

    def _get_attribute_values(self):
        """Return what the configuration is on the product (single record).

        :return: attribute values, and pairs of those that are free text with the text
        :rtype: tuple
        """
        self.ensure_one()
        rows = {row["code"]: row for row in self._for_customer()._get_rows()}
        chosen = self.env["product.template.attribute.value"]
        custom = []
        for parameter in self.design_id.parameter_ids.filtered("ptal_id"):
            row = rows.get(parameter.code)
            if not row or row["value"] is None:
                continue
            option = parameter.option_ids.filtered(
                lambda one, code=row["value"]: one.code == code
            )
            if option.ptav_id:
                chosen |= option.ptav_id
                continue
            free = parameter.ptal_id.product_template_value_ids.filtered("is_custom")[
                :1
            ]
            if free:
                chosen |= free
                custom.append((free, f"{row['text']} {row['unit']}".strip()))
        return chosen, custom

    def _copy_files(self, order):
        """Give the quotation its own copy of the files (single record).

        :param order: the quotation
        """
        self.ensure_one()
        # sudo: files of the request are read with it, which the seller may write
        request_sudo = self.sudo()
        if not request_sudo.data_json:
            request_sudo._advance(self._encode(request_sudo._make_documents()))
        kinds = ["data_json", "data_xml"]
        if self.company_id.rfq_keep_model_on_quotation:
            kinds += KEPT_MODELS
        for kind in kinds:
            content = self.version_id._read_binary(self, kind)
            if content:
                self.env["ir.attachment"].create(
                    {
                        "name": self._get_file_name(kind),
                        "raw": content,
                        "res_model": order._name,
                        "res_id": order.id,
                    }
                )

    def _follow_orders(self):
        """Bring requests into the state that follows from their quotations."""
        # sudo: customers cause it by signing, and orders may be other sellers'
        for request_sudo in self.sudo():
            if request_sudo.state in ("draft", "rejected", "cancelled"):
                continue
            orders_sudo = request_sudo.sale_order_ids
            state = request_sudo._get_state_by_orders(orders_sudo)
            if state != request_sudo.state:
                request_sudo._advance({"state": state})
            if state in ("quoted", "accepted", "declined"):
                request_sudo._close_activities()
            answers_sudo = request_sudo.answer_ids.filtered(
                lambda answer: not answer.sent_on
                and answer.sale_order_id.state in ("sent", "sale")
            )
            answers_sudo.sent_on = fields.Datetime.now()

    def _get_state_by_orders(self, orders):
        self.ensure_one()
        states = set(orders.mapped("state"))
        for order_state, state in (
            ("sale", "accepted"),
            ("sent", "quoted"),
            ("draft", "in_review"),
            ("cancel", "declined"),
        ):
            if order_state in states:
                return state
        return self.state
