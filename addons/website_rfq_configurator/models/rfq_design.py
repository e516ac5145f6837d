from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

# What search engines show of a description.
MAX_DESCRIPTION = 160


class RfqDesign(models.Model):
    """Designs on the website: listed, and found by search engines."""

    _name = "rfq.design"
    _inherit = ["rfq.design", "website.seo.metadata", "website.published.multi.mixin"]

    @api.depends("code")
    def _compute_website_url(self):
        for design in self:
            design.website_url = f"/rfq/d/{design.code}"

    @api.model
    def _get_listed_domain(self, website):
        """Return the domain of the designs that a website lists.

        :param website: single `website`
        :rtype: Domain
        """
        return website.website_domain() & Domain(
            [
                ("company_id", "=", website.company_id.id),
                ("state", "=", "published"),
                ("access_mode", "=", "public"),
                ("is_published", "=", True),
            ]
        )

    def get_backend_menu_id(self):
        """Return the menu that "Edit in backend" of the website opens."""
        return self.env.ref("rfq_configurator.rfq_configurator_menu").id

    def _default_website_meta(self):
        meta = super()._default_website_meta()
        text = " ".join(html2plaintext(self.intro_text or "").split())
        description = text[:MAX_DESCRIPTION]
        cards = (meta["default_opengraph"], "og"), (meta["default_twitter"], "twitter")
        for card, prefix in cards:
            card[f"{prefix}:title"] = self.name
            card[f"{prefix}:description"] = description
            if picture := self._get_picture_url():
                card[f"{prefix}:image"] = picture
        meta["default_meta_description"] = description
        return meta
