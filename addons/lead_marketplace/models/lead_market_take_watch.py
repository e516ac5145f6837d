from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models

CANARY, VELOCITY = "canary_opened", "velocity"


class LeadMarketTake(models.Model):
    """What a person should look at when a contact is opened.

    Good faith is presumed: it is noted and put before the managers. Nothing follows by
    itself, and the workshop is not told.
    """

    _inherit = "lead.market.take"

    def _after_open(self):
        res = super()._after_open()
        # sudo: which requests are tests and who is a manager, no workshop knows
        take_sudo = self.sudo()
        take_sudo._watch_canary()
        take_sudo._watch_velocity()
        return res

    def _watch_canary(self):
        """Tell managers alone who has opened the contact of a test request."""
        if not self.request_id.canary:
            return
        self._log(CANARY)
        self._alert(
            self.company_id._get_market_managers(),
            lambda take: take.env._(
                "%(workshop)s opened a test contact",
                workshop=take.workshop_partner_id.name,
            ),
            lambda take: take.env._(
                "From now on, a mail or a call to it that is not from this workshop "
                "may mean that the contact was passed on."
            ),
        )

    def _watch_velocity(self):
        """Tell managers once a day of a workshop that opens unusually many contacts."""
        most = self.company_id.market_velocity_count
        if not most or self.workshop_id._count_opened(limit=most) < most:
            return
        if self._is_velocity_known():
            return
        self._log(VELOCITY, data={"opened": most})
        self._alert(
            self.company_id._get_market_managers(),
            lambda take: take.env._(
                "%(workshop)s opened %(count)s contacts within a day",
                workshop=take.workshop_partner_id.name,
                count=most,
            ),
            lambda take: take.env._(
                "That is unusually many. Does it write to these customers? A quota of "
                "its own stands on the form of the workshop."
            ),
        )

    def _is_velocity_known(self):
        since = fields.Datetime.now() - timedelta(days=1)
        return bool(
            self.env["lead.market.event"].search_count(
                [
                    ("workshop_id", "=", self.workshop_id.id),
                    ("kind", "=", VELOCITY),
                    ("date", ">", since),
                ],
                limit=1,
            )
        )

    def _alert(self, users, summary, note):
        """Put the contact on the list of people, without a mail (single record).

        On their own lists, not on a document: operators read the workshops' pages, and
        they don't know which requests are tests.

        :param users: `res.users` records
        :param summary: called with the take in a user's language, returns the title
        :param note: called like that, returns what to do
        """
        todo = self.env.ref("mail.mail_activity_data_todo")
        # No page waits for the mail server.
        Activity = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        for user in users:
            take = self.with_context(lang=user.lang)
            Activity.create(
                {
                    "activity_type_id": todo.id,
                    "user_id": user.id,
                    "date_deadline": fields.Date.context_today(self),
                    "summary": summary(take),
                    "note": Markup("<p>%s</p><p><a href='%s'>%s</a></p>")
                    % (
                        note(take),
                        f"/odoo/lead.market.take/{self.id}",
                        take.display_name,
                    ),
                }
            )
