import psycopg2.errors

from odoo import Command, api, fields, models
from odoo.exceptions import ConcurrencyError, ValidationError
from odoo.tools import email_normalize, get_lang
from odoo.tools.misc import mute_logger

from odoo.addons.base_offerdesk.form_values import clean_key, clean_text

from ..definition import parse_number
from ..exceptions import StaleDesign

MAX_QUANTITY = 1_000_000
MAX_PRICE = 1e12
MAX_MESSAGE = 10_000
MAX_CONTACT = 200


class RfqRequest(models.Model):
    """How a request comes in. Only routes call this, with the visitor's environment,
    after the design was checked to be open to them."""

    _inherit = "rfq.request"

    @api.model
    def _submit(self, form, contact=None, uploads=(), saved=None):
        """Take a request, once. Everything is evaluated anew.

        :param FilledForm form: what the visitor filled in
        :param dict contact: ``name``, ``email``, ``phone``
        :param uploads: (name, content) pairs, checked
        :param saved: the visitor's draft that becomes the request, if any
        :return: the request as superuser; the one of before when it was sent twice
        :rtype: recordset
        :raise ValidationError: with a sentence for the customer; nothing is kept
        :raise StaleDesign: when the design was published anew meanwhile
        """
        design, access = form.design, form.access
        key = clean_key(form.idempotency_key)
        # sudo: visitors may create nothing; what they send is checked piece by piece
        requests_sudo = self.sudo().with_company(design.company_id)
        version = design.current_version_id
        sent_before = requests_sudo._find_sent(design, key)
        if sent_before and sent_before._is_saved():
            sent_before._check_asking(access)
            saved, sent_before = sent_before, sent_before.browse()
        if not sent_before:
            self._check_open(design)
            if version.sha256 != form.version_sha:
                raise StaleDesign(version._map_inputs(form.inputs))
        asked_version = sent_before.version_id or version
        vals = {
            **self._prepare_form_vals(form),
            **self._prepare_contact_vals(access, contact),
            **self._prepare_evaluated_vals(asked_version, form.inputs),
        }
        if sent_before:
            sent_before._check_same(vals, uploads)
            return sent_before
        vals |= {
            **self._prepare_design_vals(design, access),
            "idempotency_key": key,
        }
        return requests_sudo._create_sent(
            vals, uploads if design.allow_upload else (), saved
        )

    @api.model
    def _create_sent(self, vals, uploads, saved):
        """Create what a visitor sent, and start what follows from it.

        :param saved: the draft that becomes it, if any
        :rtype: recordset
        """
        request = saved or self._create_quietly(vals)
        if saved:
            saved._advance(vals)
        request._create_snapshot()
        if uploads:
            request._post(
                request.partner_id, self.env._("Files of the request"), uploads
            )
        request._schedule_answer()
        request._notify_customer_sent()
        return request

    @api.model
    def _create_quietly(self, vals):
        """Create what a visitor sent or saved; nobody follows it yet.

        :rtype: recordset
        """
        quiet = self.with_context(
            mail_auto_subscribe_no_notify=True, mail_create_nosubscribe=True
        )
        try:
            # The savepoint's end writes what was computed, so it is muted as well.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return quiet.create(vals)
        except psycopg2.errors.UniqueViolation as error:
            # The same form at the same moment. It can't be seen in this transaction,
            # which is therefore played again.
            raise ConcurrencyError(self.env._("Sent at this moment")) from error

    @api.model
    def _find_sent(self, design, key):
        if not key:
            return self.browse()
        return self.search(
            [("idempotency_key", "=", key), ("design_id", "=", design.id)], limit=1
        )

    def _check_same(self, vals, uploads):
        """Refuse a form that was sent before by somebody else or with another content
        (single record).

        :param dict vals: what it says now
        :param list uploads: (name, content) pairs
        :raise ValidationError: when it differs
        """
        self.ensure_one()
        names = (
            *("config_hash", "quantity", "message", "requested_date", "target_price"),
            *("contact_name", "contact_email", "contact_phone"),
        )
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
        if (
            self.partner_id.id != vals["partner_id"]
            or any((self[name] or False) != (vals[name] or False) for name in names)
            or {name for name, _content in uploads} - set(attachments.mapped("name"))
        ):
            self._refuse_other_content()

    @api.model
    def _refuse_other_content(self):
        """:raise ValidationError: that a form came again with another content"""
        raise ValidationError(
            self.env._(
                "This form was sent before with another content. Please reload the "
                "page and send again."
            )
        )

    @api.model
    def _check_open(self, design):
        if not design._is_rfq_open():
            raise ValidationError(
                self.env._("This design takes no requests at the moment.")
            )

    # === VALUES ===

    @api.model
    def _prepare_design_vals(self, design, access):
        """Return what follows from the design and who asks.

        :rtype: dict
        """
        now = fields.Datetime.now()
        days = design._get_retention_days()
        return {
            "design_id": design.id,
            "version_id": design.current_version_id.id,
            "access_id": access.id,
            "company_id": design.company_id.id,
            "user_id": design.user_id.id,
            "team_id": design.team_id.id,
            "currency_id": design.currency_id.id,
            "state": "submitted",
            "submitted_on": now,
            "purge_after": days and fields.Date.add(now.date(), days=days),
            "lang": get_lang(self.env).code,
            "files_state": "pending",
        }

    @api.model
    def _prepare_form_vals(self, form):
        """Return what the customer wrote beside the configuration.

        :rtype: dict
        :raise ValidationError: when something is not possible
        """
        message = clean_text(form.message) if form.design.allow_free_text else ""
        self._check_length(message)
        return {
            "quantity": self._read_quantity(form.design, form.quantity),
            "message": message,
            "requested_date": self._read_date(form.requested_date),
            "target_price": self._read_price(form.target_price),
        }

    @api.model
    def _check_length(self, message):
        """:raise ValidationError: when a customer's text is too long"""
        if len(message) > MAX_MESSAGE:
            raise ValidationError(
                self.env._(
                    "Your remarks are too long: at most %(max)s characters are "
                    "possible.",
                    max=MAX_MESSAGE,
                )
            )

    @api.model
    def _read_number(self, raw):
        if isinstance(raw, str):
            return parse_number(raw, get_lang(self.env).decimal_point)
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return None
        return raw

    @api.model
    def _read_quantity(self, design, raw):
        number = self._read_number(raw)
        # Written so that it refuses what is not a number as well.
        if number is None or not 1 <= number <= MAX_QUANTITY or number % 1:
            raise ValidationError(
                self.env._("Please enter how many you want: a whole number from 1.")
            )
        if number < design.min_qty:
            raise ValidationError(
                self.env._(
                    "We make at least %(quantity)s of these.", quantity=design.min_qty
                )
            )
        return float(number)

    @api.model
    def _read_price(self, raw):
        if raw in (None, "", False):
            return 0.0
        number = self._read_number(raw)
        if number is None or not 0 <= number <= MAX_PRICE:
            raise ValidationError(
                self.env._("Please enter your price idea as a number.")
            )
        return float(number)

    @api.model
    def _read_date(self, raw):
        if not raw:
            return False
        try:
            date = fields.Date.to_date(raw)
        except (ValueError, TypeError, KeyError):
            date = None
        if not date:
            raise ValidationError(self.env._("Please enter the date as a date."))
        if date < fields.Date.context_today(self):
            raise ValidationError(self.env._("The wished delivery is in the past."))
        return date

    @api.model
    def _get_asking_partner(self, access):
        """Return who asks, empty for a guest.

        :rtype: recordset of `res.partner`
        """
        user = self.env.user
        partner = access.partner_id
        if not user._is_public() and not (partner and user._is_internal()):
            partner = user.partner_id
        return partner

    @api.model
    def _prepare_contact_vals(self, access, contact):
        """Return who asks: an invited customer, a user, or a guest.

        A guest is never matched with a customer by the e-mail that was typed: nobody
        has proved that it is theirs.

        :rtype: dict
        :raise ValidationError: when a guest can't be answered
        """
        contact = contact if isinstance(contact, dict) else {}
        # sudo: a customer's own contact, or the one that the link was sent to
        partner_sudo = self._get_asking_partner(access).sudo()
        typed = {
            name: clean_text(contact.get(name), multiline=False)
            for name in ("name", "email", "phone")
        }
        if any(len(text) > MAX_CONTACT for text in typed.values()):
            raise ValidationError(self.env._("Your contact details are too long."))
        if typed["email"] and not email_normalize(typed["email"]):
            raise ValidationError(self.env._("Please check your e-mail address."))
        vals = {
            "partner_id": partner_sudo.id,
            "contact_name": typed["name"] or partner_sudo.name,
            "contact_email": email_normalize(typed["email"]) or partner_sudo.email,
            "contact_phone": typed["phone"] or partner_sudo.phone,
        }
        if not partner_sudo and not (vals["contact_name"] and vals["contact_email"]):
            raise ValidationError(
                self.env._("Please enter your name and your e-mail address.")
            )
        return vals

    @api.model
    def _prepare_evaluated_vals(self, version, inputs):
        return self._prepare_configuration_vals(version, version._evaluate(inputs))

    @api.model
    def _prepare_configuration_vals(self, version, result):
        """Return what follows from a configuration.

        :param version: `rfq.design.version`
        :param dict result: what the server's evaluation found
        :rtype: dict
        :raise ValidationError: when it can't be sent
        """
        if not result["valid"]:
            raise ValidationError(version._describe_result(result))
        return {
            **self._prepare_choice_vals(version, result),
            "geometry_hash": version._get_geometry_hash(result["values"]),
            "price_computed": version._get_price(result["values"]) or 0.0,
        }

    def _create_snapshot(self):
        """Keep what the customer read, in the customer's language (single record)."""
        self.ensure_one()
        self.value_ids = [
            Command.create(
                {
                    "sequence": sequence,
                    "code": row["code"],
                    "group": row["group"],
                    "label": row["label"],
                    "text": row["text"],
                    "unit": row["unit"],
                    "default_text": row["default_text"],
                    "is_modified": row["modified"],
                    "is_derived": row["type"] == "derived",
                }
            )
            for sequence, row in enumerate(self._for_customer()._get_rows())
        ]
