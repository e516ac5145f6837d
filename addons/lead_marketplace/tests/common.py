from odoo.fields import Command, Date
from odoo.tests import new_test_user

from odoo.addons.offerdesk_test_support.templates import KeptTemplatesCase

# No mails but those that the tests are about.
NO_WELCOME = {"no_reset_password": True}
WORKSHOP_GROUPS = "base.group_portal,lead_marketplace.group_workshop"


class MarketCommon(KeptTemplatesCase):
    """A marketplace of memorials: its people, two workshops, and how work gets won.

    The helpers act as the person who does the thing in life. Not built on `BaseCommon`:
    that silences mails and tracking.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.partner_id.tz = "Europe/Oslo"
        cls.company.market_contact_email = "operator@market.example"
        cls.operator = new_test_user(
            cls.env,
            "market_operator",
            groups="lead_marketplace.group_operator",
            name="Olga Operator",
            email="olga@market.example",
            context=NO_WELCOME,
        )
        cls.manager = new_test_user(
            cls.env,
            "market_manager",
            groups="lead_marketplace.group_manager",
            name="Mats Manager",
            email="mats@market.example",
            context=NO_WELCOME,
        )
        cls.accountant = new_test_user(
            cls.env,
            "market_accountant",
            groups="account.group_account_invoice",
            name="Anna Accountant",
            email="anna@market.example",
            context=NO_WELCOME,
        )
        cls.memorials = cls.env["lead.market.category"].create({"name": "Memorials"})
        cls.fences = cls.env["lead.market.category"].create({"name": "Fences"})
        cls.region = cls.env["res.country.state"].create(
            {
                "name": "Northland",
                "code": "XNL",
                "country_id": cls.env.ref("base.no").id,
            }
        )
        cls.env["lead.market.rule"].search([]).action_archive()
        cls.rule = cls.env["lead.market.rule"].create(
            {"name": "Ten percent", "percent": 10, "company_id": cls.company.id}
        )
        cls.granite, cls.granite_user = cls._create_workshop("granite", "Granite & Co")
        cls.marble, cls.marble_user = cls._create_workshop("marble", "Marble Brothers")

    # === PEOPLE ===

    @classmethod
    def _create_workshop(cls, login, name, **vals):
        """Return an active workshop and the portal login of somebody there."""
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": f"office@{login}.example",
                "lang": "en_US",
            }
        )
        user = cls._create_workshop_user(f"market_{login}", partner)
        workshop = cls.env["lead.market.workshop"].create(
            {"partner_id": partner.id, "company_id": cls.company.id, **vals}
        )
        workshop.with_user(cls.manager).action_activate()
        return workshop, user

    @classmethod
    def _create_workshop_user(cls, login, partner, groups=WORKSHOP_GROUPS):
        user = new_test_user(
            cls.env,
            login,
            groups=groups,
            name=f"Person {login}",
            email=f"{login}@workshop.example",
            context=NO_WELCOME,
        )
        user.partner_id.parent_id = partner
        return user

    # === REQUESTS ===

    @classmethod
    def _create_lead(cls, **vals):
        """Return a customer's lead, entered by the operator."""
        return (
            cls.env["crm.lead"]
            .with_user(cls.operator)
            .create(
                {
                    "name": "Memorial for Ivanova",
                    "type": "lead",
                    "contact_name": "Vera Customer",
                    "email_from": "vera.customer@private.example",
                    "phone": "+47 21 00 00 07",
                    "market_consent_date": "2026-01-01 10:00:00",
                    **vals,
                }
            )
        )

    @classmethod
    def _create_request(cls, lead=None, **vals):
        """Return a request as the operator has written it, not called about yet."""
        lead = lead or cls._create_lead()
        lead.action_market_request()
        request = lead.market_request_id
        request.write(
            {
                "name": "Granite memorial, one person",
                "description": "Dark granite, with a portrait.",
                "category_id": cls.memorials.id,
                "region_id": cls.region.id,
                "city": "Vardal",
                "for_whom": "Ivanova Maria",
                **vals,
            }
        )
        return request

    @classmethod
    def _log_call(cls, request, **vals):
        """Log that the customer was reached and means it."""
        return (
            cls.env["lead.market.call"]
            .with_user(cls.operator)
            .create(
                {
                    "lead_id": request._get_lead().id,
                    "result": "reached",
                    "intent_confirmed": True,
                    "for_whom_confirmed": True,
                    **vals,
                }
            )
        )

    @classmethod
    def _create_published_request(cls, lead=None, **vals):
        """Return a request that workshops see."""
        request = cls._create_request(lead, **vals)
        cls._log_call(request)
        request.action_publish()
        return request

    # === CONTACTS AND ORDERS ===

    @classmethod
    def _open(cls, request, user):
        """Return the contact of a request as a workshop's user has opened it."""
        Take = cls.env["lead.market.take"].with_user(user)
        take = Take._open_contact(request.with_user(user), user, "192.0.2.1")
        return take.with_user(user).sudo(False)

    @classmethod
    def _declare(cls, take, user, **vals):
        """Return the order that a workshop's user has declared, done today."""
        Order = cls.env["lead.market.order"].with_user(user)
        order = Order._declare(
            take,
            {
                "contract_no": "C-1",
                "work_done_date": Date.context_today(Order),
                "amount_gross": 1000,
                "amount_net": 800,
                **vals,
            },
            user,
        )
        return order.with_user(user).sudo(False)

    @classmethod
    def _win(cls, workshop_user, request=None, **vals):
        """Return an order that was declared and confirmed, as the operator sees it."""
        request = request or cls._create_published_request()
        take = cls._open(request, workshop_user)
        order = cls._declare(take, workshop_user, **vals).with_user(cls.operator)
        order.action_confirm()
        return order

    @classmethod
    def _set_brackets(cls, rule, commission_type, brackets):
        """Give a rule brackets, as pairs of amount and percentage."""
        rule.write(
            {
                "commission_type": commission_type,
                "bracket_ids": [
                    Command.clear(),
                    *(
                        Command.create({"amount_from": start, "percent": percent})
                        for start, percent in brackets
                    ),
                ],
            }
        )
