from odoo import api, models
from odoo.exceptions import UserError


class CrmStage(models.Model):
    _inherit = "crm.stage"

    @api.onchange("is_won")
    def _onchange_is_won(self):
        # The core warns of what happens to the deals in it: a new stage has none.
        return super()._onchange_is_won() if self._origin else None

    def _remove_unused(self):
        """Delete the stages that no process has any more: otherwise they would become
        part of all of them.

        :raise UserError: when there are deals in one of them
        """
        unused = self.filtered(lambda stage: not stage.team_ids)
        # sudo: deals that the user may not see are in the stage as well
        leads_sudo = self.env["crm.lead"].sudo().with_context(active_test=False)
        lead_sudo = leads_sudo.search([("stage_id", "in", unused.ids)], limit=1)
        if lead_sudo:
            raise UserError(
                self.env._(
                    "There are still deals in the stage %(stage)s. Move them to "
                    "another stage before you take it out of the process.",
                    stage=lead_sudo.stage_id.name,
                )
            )
        unused.unlink()
