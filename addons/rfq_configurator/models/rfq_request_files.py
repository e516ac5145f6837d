import base64
import hashlib
import json
import logging

from odoo import api, fields, models

from .. import model_file
from ..recipe import RecipeError, build_files, build_picture, is_available
from .rfq_request import FILES

_logger = logging.getLogger(__name__)

# A model that a worker died of is not built for ever.
MAX_ATTEMPTS = 2
MIMETYPES = {
    **model_file.MIMETYPES,
    "json": "application/json",
    "xml": "application/xml",
    "png": "image/png",
}


class RfqRequest(models.Model):
    """The files of a request. They are made after it was saved, so that nothing that a
    customer sent depends on them."""

    _inherit = "rfq.request"

    files_attempts = fields.Integer(readonly=True, groups="base.group_system")

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        if any(vals.get("files_state") == "pending" for vals in vals_list):
            self._trigger_files()
        return requests

    @api.model
    def _trigger_files(self):
        """Have the files made now, not with the next run."""
        # sudo: whoever sends a request may have its files made
        self.env.ref("rfq_configurator.ir_cron_rfq_files").sudo()._trigger()

    @api.model
    def _cron_make_files(self):
        """Make the files of new requests, then tell the seller.

        Every request is a transaction of its own, and its attempt is counted and
        committed before it starts: neither a failure nor a killed worker stops the
        others or repeats without end.
        """
        commit = self.env["ir.cron"]._commit_progress
        pending = [("files_state", "=", "pending")]
        todo = self.search(pending, order="id")
        commit(remaining=len(todo))
        for request in todo:
            request = request.browse(request.id).try_lock_for_update()
            if request.filtered_domain(pending):
                request.files_attempts += 1
                commit()
                # The commit gave the lock back; somebody may have come in between.
                request = request.try_lock_for_update().filtered_domain(pending)
                for one in request:
                    one._try_to_finish()
            if not commit(1):
                break

    def _try_to_finish(self):
        """Make the files and tell the seller; later, if there is no room for them
        (single record)."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._finish()
        except OSError as error:
            _logger.warning("Files of %s can't be stored: %r", self.name, error)
            # It is no fault of the model.
            self.files_attempts -= 1

    def _finish(self):
        """Make the files and tell the seller (single record)."""
        self.ensure_one()
        self._make_files()
        self._notify_seller()

    def _make_files(self):
        """Make all files (single record). A model that can't be built is left out."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                model = self._build_model()
            state = "done"
        # Whatever the model does, the request lives on.
        except Exception as error:
            _logger.info("No model for request %s: %r", self.name, error)
            model, state = {}, "failed"
        self._advance({**self._encode(model), "files_state": state})
        self._advance(self._encode(self._make_documents()))

    @api.model
    def _encode(self, files):
        return {name: base64.b64encode(content) for name, content in files.items()}

    def _build_model(self):
        """Return the model that was asked for (single record).

        :return: bytes by field; empty when this server builds none
        :rtype: dict
        """
        self.ensure_one()
        if self.files_attempts > MAX_ATTEMPTS:
            raise RecipeError("", "attempts")
        version = self.version_id
        if version.definition.get("model"):
            return self._get_static_model()
        result = version._get_engine().evaluate(self.values, ".")
        plan = version._get_plan(result["values"])
        if not plan or not is_available():
            return {}
        files = build_files(plan, version.definition["unit"])
        model = {"model_glb": files["glb"], "model_stl": files["stl"]}
        picture = build_picture(plan)
        return {**model, "snapshot": picture} if picture else model

    def _get_static_model(self):
        """Return the uploaded model, which is the same for every request."""
        version = self.version_id
        name = f"model_{version.definition['model']['kind']}"
        return {name: version._read_binary(version, "model_file")}

    def _make_documents(self):
        """Return the machine-readable documents (single record).

        :return: bytes by field
        :rtype: dict
        """
        self.ensure_one()
        content = json.dumps(self._prepare_json(), ensure_ascii=False, indent=2)
        return {"data_json": content.encode()}

    # === JSON ===

    def _prepare_json(self):
        """Return the request by the schema `rfq-1.json`, in the customer's language
        (single record).

        :rtype: dict
        """
        self.ensure_one()
        version = self.version_id
        customer = self._for_customer()
        rows = customer._get_rows()
        data = {
            "schema": "rfq-1",
            "id": self.name,
            "issued": self.submitted_on.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "seller": self._prepare_json_party(self.company_id.partner_id),
            "buyer": self._prepare_json_buyer(),
            "design": {
                "code": self.design_id.code,
                "name": customer.design_id.name,
                "version": version.number,
                "sha256": version.sha256,
            },
            "configuration_sha256": self.config_hash,
            "quantity": self.quantity,
            "unit_system": version.definition["unit"],
            "modified": self.is_modified,
            "parameters": [
                self._prepare_json_parameter(row)
                for row in rows
                if row["type"] != "derived" and not row["internal"]
            ],
            "derived": [
                self._prepare_json_derived(row)
                for row in rows
                if row["type"] == "derived" and not row["internal"]
            ],
            "warnings": customer._get_warnings(),
            "files": self._prepare_json_files(),
            "note": self.message or "",
            "retention": {
                "purge_after": str(self.purge_after) if self.purge_after else None
            },
        }
        if self.requested_date:
            data["requested_date"] = str(self.requested_date)
        if price := self._get_shown_price():
            data["price"] = {
                "amount": f"{price:.{self.currency_id.decimal_places}f}",
                "currency": self.currency_id.name,
            }
        return data

    @api.model
    def _prepare_json_party(self, partner):
        return self._without_empty(
            {
                "name": partner.commercial_company_name or partner.name,
                "email": partner.email,
                "phone": partner.phone,
                "vat": partner.vat,
                "country": partner.country_id.code,
            }
        )

    def _prepare_json_buyer(self):
        self.ensure_one()
        partner = self.partner_id.commercial_partner_id
        return self._without_empty(
            {
                "name": partner.name or self.contact_name,
                "contact": self.contact_name,
                "email": self.contact_email,
                "phone": self.contact_phone,
                "vat": partner.vat,
                "country": partner.country_id.code,
            }
        )

    @api.model
    def _without_empty(self, party):
        sizes = {"name": 200, "contact": 200, "email": 320, "phone": 64, "vat": 32}
        return {key: value[: sizes.get(key)] for key, value in party.items() if value}

    @api.model
    def _prepare_json_parameter(self, row):
        parameter = {
            "code": row["code"],
            "label": row["label"][:200],
            "type": row["type"],
            "value": row["value"],
            "text": row["text"],
            "default": row["default"],
            "modified": row["modified"],
        }
        if row["number"] is not None:
            parameter["number"] = row["number"]
        return parameter | self._prepare_json_words(row)

    @api.model
    def _prepare_json_derived(self, row):
        derived = {
            "code": row["code"],
            "label": row["label"][:200],
            "value": row["value"],
        }
        if row["number"] is not None:
            derived["number"] = row["number"]
        words = self._prepare_json_words(row)
        words.pop("group", None)
        return derived | words

    @api.model
    def _prepare_json_words(self, row):
        words = {"group": row["group"][:200], "unit": row["unit"][:32]}
        return {key: value for key, value in words.items() if value}

    def _get_warnings(self):
        """Return the warnings that the customer saw, in the language of the context
        (single record).

        :rtype: list
        """
        self.ensure_one()
        version = self.version_id
        result = version._get_engine().evaluate(self.values or {}, ".")
        return [
            version._describe_issue(issue)[:1000]
            for issue in result["issues"]
            if issue["severity"] == "warning"
        ]

    def _prepare_json_files(self):
        self.ensure_one()
        base = self.get_base_url()
        files = []
        for kind in FILES:
            content = self.version_id._read_binary(self, kind)
            if not content or kind.startswith("data_"):
                continue
            file = {
                "name": self._get_file_name(kind),
                "mimetype": self._get_mimetype(kind),
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "url": f"{base}{self.access_url}/file/{kind}"
                f"?access_token={self._portal_ensure_token()}",
            }
            if self.purge_after:
                file["expires"] = str(self.purge_after)
            files.append(file)
        return files

    @api.model
    def _get_mimetype(self, kind):
        return MIMETYPES[FILES[kind]]
