from odoo import api, models
from odoo.exceptions import AccessError, MissingError
from odoo.tools import SQL, consteq, get_lang, ormcache

from odoo.addons.base_offerdesk.form_values import clean_token

from .. import model_file
from ..definition.compile import CODE

# What decides who may see a design, read at once.
DECISIVE = ("access_mode", "access_token", "code", "company_id", "current_version_id")


class RfqDesign(models.Model):
    """What visitors get of a design. Routes call this; nothing here can be called by
    RPC."""

    _inherit = "rfq.design"

    @api.model
    def _get_for_visitor(self, code, access_token=None):
        """Return a published design, if the visitor may see it.

        :param str code: from the address
        :param str access_token: the customer's own, or that of the design's link
        :return: design and `rfq.design.access`, which may be empty; both as superuser
        :rtype: tuple
        :raise MissingError: when there is none of this code, or it is not published
        :raise AccessError: when the visitor may not see it, or not any more
        """
        design_sudo = self.browse()
        if isinstance(code, str) and CODE.fullmatch(code):
            # sudo: visitors have no access to designs; who may see it is checked below
            published = [("code", "=", code), ("state", "=", "published")]
            design_sudo = self.sudo().search_fetch(published, DECISIVE, limit=1)
        if not design_sudo.current_version_id:
            raise MissingError(self.env._("This design does not exist."))
        access_sudo = design_sudo._find_access(clean_token(access_token))
        if not access_sudo and not design_sudo._is_open_to_visitor(access_token):
            raise AccessError(self.env._("This design is not open to you."))
        return design_sudo, access_sudo

    def _find_access(self, token):
        """Return the invitation that lets the visitor in (single record).

        :param str token: checked to be a plain text, or None
        :rtype: recordset of `rfq.design.access`
        :raise AccessError: when the link was revoked or has expired
        """
        self.ensure_one()
        if token:
            access = self.access_ids.filtered(lambda one: consteq(one.token, token))
            if access and not access._filter_usable():
                raise AccessError(self.env._("This link does not work any more."))
            if access:
                return access
        user = self.env.user
        accesses = self.env["rfq.design.access"]
        if user._is_public():
            return accesses
        mine = [("design_id", "=", self.id), ("partner_id", "=", user.partner_id.id)]
        return accesses.search(mine)._filter_usable()

    def _is_open_to_visitor(self, token):
        """Return whether a visitor without an invitation may see it (single record).

        :param str token: from the address, may be anything
        :rtype: bool
        """
        self.ensure_one()
        user = self.env.user
        if self.access_mode == "public":
            return True
        if user._is_internal() and self.sudo(False).has_access("read"):
            return True
        if self.access_mode == "portal":
            return not user._is_public()
        if self.access_mode == "link":
            token = clean_token(token)
            return bool(
                token and self.access_token and consteq(self.access_token, token)
            )
        return False

    def _get_definition(self):
        """Return what the browser needs, in the visitor's language (single record).

        It has no price formula. It is cached, so nobody may change it.

        :rtype: dict
        """
        self.ensure_one()
        (found,) = self._read_stamps(SQL("design.id = %s", self.id))
        return self._build_definition(*found, get_lang(self.env).code)

    @api.model
    def _get_open_definition(self, code):
        """Return the same of a design that is open to everybody, whoever asks: one
        statement reads all that decides.

        :param str code: from the address
        :return: None when there is none of this code, or not everybody may see it
        :rtype: dict | None
        """
        if not CODE.fullmatch(code):
            return None
        found = self._read_stamps(
            SQL(
                "design.code = %s AND design.state = 'published'"
                " AND design.access_mode = 'public'",
                code,
            )
        )
        if not found:
            return None
        return self._build_definition(*found[0], get_lang(self.env).code)

    @api.model
    def _read_stamps(self, condition):
        """Return what changes whenever a definition may have: where and by which
        transaction the rows were written that it is made of.

        :param SQL condition: which designs
        :return: pairs of the design's id and its stamp
        :rtype: list
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT design.id, (design.xmin, design.ctid, version.xmin,"
                " version.ctid, company.xmin, company.ctid)::text"
                " FROM rfq_design AS design"
                " JOIN rfq_design_version AS version"
                " ON version.id = design.current_version_id"
                " JOIN res_company AS company ON company.id = design.company_id"
                " WHERE %s",
                condition,
            )
        )

    @ormcache("design_id", "_stamp", "lang")
    def _build_definition(self, design_id, _stamp, lang):
        """See `_get_definition`.

        :param str lang: code of the language of the context
        :rtype: dict
        """
        # sudo: visitors have no access to designs; the callers check that they may
        # see this one
        design_sudo = self.sudo().browse(design_id)
        version = design_sudo.current_version_id
        published = version._get_facts()
        company = design_sudo.company_id
        definition = {
            "code": design_sudo.code,
            "name": design_sudo.name,
            "unit": published["unit"],
            "version": version.number,
            "sha256": version.sha256,
            "source": published["source"],
            "definition": version._get_public_definition(lang),
            "button": design_sudo.button_label
            or company.rfq_button_label
            or self.env._("Ask for a quotation"),
            "intro": design_sudo.intro_text or company.rfq_intro_text or "",
            "files": [],
            "picture": design_sudo._get_picture_url(),
            "rfq_open": design_sudo._is_rfq_open(),
            "price_shown": design_sudo.price_display == "indicative",
            "min_qty": design_sudo.min_qty,
            "allow_free_text": design_sudo.allow_free_text,
            "allow_upload": design_sudo.allow_upload,
        }
        if model := published["model"]:
            definition["files"].append(
                {
                    "kind": model["kind"],
                    "size": model["size"],
                    "url": f"/rfq/d/{design_sudo.code}/file/{model['sha256'][:16]}",
                }
            )
        return definition

    def _get_download(self, definition):
        """Return the address of the model if no browser can show it (single record).

        :param dict definition: as `_get_definition` returned it
        :rtype: str
        """
        self.ensure_one()
        urls = [
            file["url"]
            for file in definition["files"]
            if file["kind"] not in model_file.SHOWN
        ]
        return urls[0] if urls else ""

    def _get_model_stream(self):
        """Return the uploaded model of the published version (single record).

        :rtype: odoo.http.Stream
        :raise MissingError: when the design has none
        """
        self.ensure_one()
        version = self.current_version_id
        model = version._get_facts()["model"]
        if not model:
            raise MissingError(self.env._("This design has no model to download."))
        return self.env["ir.binary"]._get_stream_from(
            version, "model_file", filename=f"{self.code}.{model['kind']}"
        )

    def _get_picture_field(self):
        """Return which record and field have a picture of the design (single record).

        :return: None when there is no picture
        :rtype: tuple | None
        """
        self.ensure_one()
        for record, name in ((self, "image"), (self.current_version_id, "picture")):
            if record.with_context(bin_size=True)[name]:
                return record, name
        return None

    def _get_picture_url(self):
        """Return the address of the design's picture, empty when there is none (single
        record).

        :rtype: str
        """
        self.ensure_one()
        if not self._get_picture_field():
            return ""
        return f"/rfq/d/{self.code}/picture/{self.current_version_id.sha256[:16]}"

    def _get_picture_stream(self):
        """Return a picture of the design: the seller's own, or that of the model
        (single record).

        :rtype: odoo.http.Stream
        :raise MissingError: when there is none
        """
        self.ensure_one()
        picture = self._get_picture_field()
        if not picture:
            raise MissingError(self.env._("This design has no picture."))
        return self.env["ir.binary"]._get_stream_from(*picture, filename=self.code)

    def _evaluate(self, inputs):
        """Return what follows from a visitor's choices (single record).

        As `Definition.evaluate` says, with a ``message`` for each issue in the
        visitor's language, without what only the seller sees, and the ``price`` if
        customers may see it.

        :param dict inputs: values or texts, as a form or JSON sent them
        :rtype: dict
        """
        self.ensure_one()
        version = self.current_version_id
        result = version._evaluate(inputs)
        if result["faults"]:
            self._note_faults(result["faults"])
        for issue in result["issues"]:
            issue["message"] = version._describe_issue(issue)
        if self.price_display == "indicative":
            price = version._get_price(result["values"]) if result["valid"] else None
            result["price"] = price and {
                "amount": price,
                "currency": self.currency_id.name,
                "text": self.currency_id.format(price),
            }
        return result
