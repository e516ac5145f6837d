import base64
import hashlib
import json

from odoo import fields, models
from odoo.exceptions import UserError

from .. import model_file
from ..definition import Definition
from ..recipe import RecipeError, build_picture, is_available, plan_recipe


class RfqDesign(models.Model):
    """Publishing: a version that never changes, and who is told of it."""

    _inherit = "rfq.design"

    def action_publish(self):
        """Publish designs as they are now and tell invited customers.

        :raise UserError: when a rule test fails or there is no model
        """
        self.check_access("write")
        for design in self:
            design._check_publishable()
            vals = design._prepare_version()
            if vals:
                # sudo: versions are made by publishing alone; may write, see above
                version_sudo = self.env["rfq.design.version"].sudo().create(vals)
                design.current_version_id = version_sudo.id
            design.state = "published"
            design._notify_published(is_new=bool(vals))

    def action_archive_design(self):
        """Take designs off customers' pages; their requests stay."""
        self.check_access("write")
        self.state = "archived"

    def action_draft(self):
        """Take designs back into work; customers don't see them meanwhile."""
        self.check_access("write")
        self.state = "draft"

    def action_preview(self):
        """Open the page that customers see (single record)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": self.access_url,
            "target": "new",
        }

    def _check_publishable(self):
        """Refuse to publish what does not keep its own promises (single record).

        :raise UserError: with what is missing
        """
        self.ensure_one()
        if self.source == "recipe" and not self.recipe:
            raise UserError(self.env._("A design without a recipe has no model."))
        if self.source == "static" and not self.model_file:
            raise UserError(self.env._("Upload the model first."))
        definition = self._compile()
        engine = Definition(definition)
        failed = [test.name for test in self.test_ids if not test._passes(engine)]
        if failed:
            raise UserError(
                self.env._("These rule tests fail: %(tests)s", tests=", ".join(failed))
            )
        if self.source == "recipe":
            self._plan_defaults(definition)

    def _plan_defaults(self, definition):
        """Return the plan of the model as the defaults make it (single record).

        :param dict definition: compiled
        :rtype: dict
        :raise UserError: when they make none
        """
        self.ensure_one()
        values = Definition(definition).evaluate({})["values"]
        try:
            return plan_recipe(definition["recipe"], values)
        except RecipeError as error:
            raise UserError(self._describe_recipe_error(error)) from None

    def _build_picture(self, definition):
        """Return a picture of the model as the defaults make it (single record).

        :param dict definition: compiled
        :return: PNG, None when this server can't build models
        :rtype: bytes | None
        :raise UserError: when there is no model
        """
        self.ensure_one()
        if self.source != "recipe" or not is_available():
            return None
        try:
            return build_picture(self._plan_defaults(definition))
        except RecipeError as error:
            raise UserError(self._describe_recipe_error(error)) from None

    def _prepare_version(self):
        """Return the values of a new version, none when nothing has changed (single
        record).

        :rtype: dict | None
        """
        self.ensure_one()
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        definition = self._compile(langs)
        definition |= {
            "code": self.code,
            "name": self._get_words(self, "name", langs),
            "unit": self.unit,
            "source": self.source,
        }
        vals = {"design_id": self.id}
        if self.source == "static":
            content = self._get_model_content()
            definition["model"] = {
                "kind": model_file.recognise(content),
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            vals["model_file"] = base64.b64encode(content)
        codes = [parameter["code"] for parameter in definition["parameters"]]
        tree = self._compile_formula(codes)
        # sudo: what was published before is compared, nothing of it is shown
        versions_sudo = self.sudo().version_ids
        current_sudo = self.sudo().current_version_id
        if current_sudo._is_same(definition, tree):
            return None
        number = max(versions_sudo.mapped("number"), default=0) + 1
        if picture := self._build_picture(definition):
            vals["picture"] = base64.b64encode(picture)
        definition["version"] = number
        return vals | {
            "number": number,
            "definition": definition,
            "formula_tree": tree,
            "sha256": self._get_definition_hash(definition),
        }

    def _get_definition_hash(self, definition):
        """Return the fingerprint of a definition.

        :rtype: str
        """
        content = json.dumps(definition, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    def _notify_published(self, is_new):
        """Tell invited customers of the publication (single record).

        :param bool is_new: whether there is a new version
        """
        self.ensure_one()
        accesses = self.access_ids._filter_usable()
        if not (is_new and self.notify_new_version):
            accesses = accesses.filtered(lambda access: not access.notified_on)
        accesses._notify()

    def _note_faults(self, faults):
        """Tell the responsible that expressions of the design fail (single record).

        Once, until the activity is done: customers meet the same fault again and again.

        :param list faults: dicts with ``path`` and ``code``
        """
        self.ensure_one()
        kind = "rfq_configurator.mail_activity_fault"
        if not self.user_id or self.activity_search([kind]):
            return
        self.activity_schedule(
            kind,
            date_deadline=fields.Date.context_today(self),
            user_id=self.user_id.id,
            note=", ".join(f"{fault['path']}: {fault['code']}" for fault in faults[:5]),
        )
