import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class OfferdeskRequestMixin(models.AbstractModel):
    """A customer's request that moves by its own steps alone.

    The model has the fields `company_id` and `state`, and a sequence whose code is the
    model's name. Steps of sellers are public methods, those of customers are private:
    customers reach them by our routes, after the request was checked to be theirs.
    """

    _name = "offerdesk.request.mixin"
    _description = "Request of a Customer"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin"]

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/"
    )
    last_form_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Marks the last form that the customer sent.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_guarded_fields(vals)
            if vals.get("name", "/") == "/":
                vals["name"] = self._next_number(vals.get("company_id"))
        requests = super().create(vals_list)
        for request in requests:
            # A comparison with a missing token is an error in Odoo's own check.
            request._portal_ensure_token()
        return requests

    def write(self, vals):
        self._check_guarded_fields(vals)
        return super().write(vals)

    @api.model
    def _next_number(self, company_id):
        """Return the number of the next request.

        :param int company_id: `res.company`; that of the user without
        :rtype: str
        """
        company = company_id or self.env.company.id
        return self.env["ir.sequence"].with_company(company).next_by_code(self._name)

    @api.model
    def _get_guarded_fields(self):
        """Return what only the steps of a request write.

        :rtype: set
        """
        return {"access_token", "last_form_key", "state"}

    @api.model
    def _check_guarded_fields(self, vals):
        """Refuse values that only the steps of a request write.

        :raise AccessError: for whoever is not superuser
        """
        guarded = self._get_guarded_fields() & vals.keys()
        if guarded and not self.env.su:
            raise AccessError(
                self.env._(
                    "These values follow from what happens to a request: %(fields)s",
                    fields=", ".join(sorted(guarded)),
                )
            )

    def _advance(self, vals):
        """Write what only our own steps may.

        :param dict vals: values, checked by the step
        """
        # sudo: nobody writes these by hand; each step checked who takes it
        self.sudo().write(vals)

    def _check_state(self, states):
        """Refuse a step that is not possible any more (single record).

        :param states: states in which the step is possible
        :raise UserError: with a sentence for the one who tried
        """
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "That is not possible any more: request %(name)s is now "
                    "“%(state)s”.",
                    name=self.name,
                    state=labels[self.state],
                )
            )

    def _get_form_message_id(self, key, body, files=()):
        """Return the Message-Id of what a form says (single record). Without a key it
        is Odoo's own.

        :param str key: names the form
        :param str body: plain text
        :param list files: (name, content) pairs
        :rtype: str | None
        """
        self.ensure_one()
        if not key:
            return None
        digest = hashlib.sha256(repr((body, list(files))).encode()).hexdigest()[:16]
        domain = self.company_id.alias_domain_id.name or "localhost"
        # Mail programs thread by it, and Odoo reads the record in it.
        return f"<{key}-{digest}-openerp-{self.id}-{self._name}@{domain}>"

    def _is_form_taken(self, key, message_id):
        """Return whether a form was sent before; if not, it is now (single record).

        :param str key: names the form, may be empty
        :param str message_id: what `_get_form_message_id` returned
        :rtype: bool
        :raise UserError: when it was sent before with another content
        """
        self.ensure_one()
        if not key:
            return False
        # sudo: it is a message of this request, which was checked to be theirs
        taken_sudo = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_id", "=like", f"<{key}-%"),
                ],
                limit=1,
            )
        )
        if not taken_sudo:
            # Two at the same moment change the same request: one of them is played
            # again, and finds what the other has made.
            self._advance({"last_form_key": key})
            # Now, so that both sides of any race begin with this row.
            self.flush_recordset(["last_form_key"])
        elif taken_sudo.message_id != message_id:
            raise UserError(
                self.env._(
                    "This form was sent before with another text. Please check and "
                    "send again."
                )
            )
        return bool(taken_sudo)

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        # Customers read and write on the request's page, which knows what is meant for
        # them, how much they may send and when it is over. Their link opens no other
        # way to the conversation.
        if self.env.user.share:
            return self.browse()
        return super()._get_thread_with_access(thread_id, **kwargs)

    def _get_conversation(self):
        """Return what customers read: no notes, no changes of fields (single record).

        :return: messages, the oldest first
        :rtype: recordset of `mail.message`
        """
        self.ensure_one()
        return self.message_ids.filtered(
            lambda message: message.message_type in ("comment", "email")
            and not message.subtype_id.internal
            and not message.is_internal
        ).sorted("id")
