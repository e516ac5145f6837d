from odoo import models

from odoo.addons.base.models.ir_mail_server import IdentificationFieldsNoFoldPolicy

UNSUBSCRIBE = "List-Unsubscribe"


class UnfoldedLinkPolicy(IdentificationFieldsNoFoldPolicy):
    """Leaves the link to unsubscribe as it is.

    Python encodes a word that is longer than a line as it does accents, and mail
    programs don't find a link in that.
    """

    def _fold(self, name, value, *args, **kwargs):
        if name == UNSUBSCRIBE:
            return f"{name}: {value}{self.linesep}"
        return super()._fold(name, value, *args, **kwargs)


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _build_email__(self, *args, **kwargs):
        message = super()._build_email__(*args, **kwargs)
        if UNSUBSCRIBE in message:
            message.policy = UnfoldedLinkPolicy(linesep=message.policy.linesep)
        return message
