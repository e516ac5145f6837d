from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

GC_BATCH = 1000


class CrmOfferEvent(models.Model):
    """What people did with an offer, by person and day. Machines are not counted."""

    _name = "crm.offer.event"
    _description = "What Happened to an Offer"
    _order = "last_on desc, id desc"

    offer_id = fields.Many2one(
        comodel_name="crm.offer", required=True, ondelete="cascade", index=True
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Variant",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty for the page with all variants.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        ondelete="set null",
        index="btree_not_null",
        help="Empty for somebody who has a link that was made for nobody.",
    )
    person = fields.Char(string="Who", compute="_compute_person")
    kind = fields.Selection(
        selection=[
            ("sent", "Sent"),
            ("view", "Viewed"),
            ("pdf", "Opened the PDF"),
            ("choose", "Chose"),
            ("sign", "Signed"),
            ("pay", "Paid"),
            ("mail_open", "Opened the mail, or a program did"),
        ],
        required=True,
    )
    day = fields.Date(required=True)
    first_on = fields.Datetime(required=True)
    last_on = fields.Datetime(required=True, index=True)
    count = fields.Integer(required=True, default=1)

    _person_day_uniq = models.UniqueIndex(
        "(offer_id, kind, day, COALESCE(order_id, 0), COALESCE(partner_id, 0))"
    )

    @api.depends("partner_id")
    def _compute_person(self):
        for event in self:
            event.person = event.partner_id.display_name or self.env._(
                "Somebody who has the link"
            )

    @api.autovacuum
    def _gc_events(self):
        """Forget who did what when the company has kept it long enough. Offers keep
        how often they were viewed.

        :return: how many were forgotten, and whether there may be more
        :rtype: tuple
        """
        now = fields.Datetime.now()
        companies = self.env["res.company"].search([("offer_event_days", ">", 0)])
        domain = Domain.OR(
            Domain("offer_id.company_id", "=", company.id)
            & Domain("last_on", "<", now - timedelta(days=company.offer_event_days))
            for company in companies
        )
        old = self.search(domain, limit=GC_BATCH)
        old.unlink()
        return len(old), len(old) == GC_BATCH
