import uuid

from odoo import SUPERUSER_ID, Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.mail.tests.common import MailCase

from ..filled_form import FilledForm


class RfqCommon(TransactionCase):
    """A maker of tables, whose demo table is published for invited customers.

    Not built on `BaseCommon`: that silences mails and tracking.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.env = cls.env(
            user=SUPERUSER_ID,
            context={**cls.env.context, "allowed_company_ids": cls.company.ids},
        )
        cls.seller = cls._create_seller("rfq_seller", "salesman", name="Sofie Seller")
        cls.other_seller = cls._create_seller("rfq_other_seller", "salesman")
        cls.leader = cls._create_seller("rfq_leader", "salesman_all_leads")
        cls.manager = cls._create_seller("rfq_manager", "manager", name="Max Manager")
        cls.public = cls.env.ref("base.public_user")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Bakery Blum", "is_company": True, "email": "blum@c.example"}
        )
        cls.portal_user = cls._create_login("rfq_portal", "Bea Blum")
        cls.portal_user.partner_id.parent_id = cls.customer
        cls.stranger_user = cls._create_login("rfq_stranger", "Sam Stranger")
        cls.contact = cls.portal_user.partner_id
        cls.product = cls.env["product.product"].create(
            {"name": "Table", "list_price": 900, "taxes_id": [Command.clear()]}
        )
        cls.design = cls._create_design("table", code="test_table")
        cls.access = cls.env["rfq.design.access"].create(
            {"design_id": cls.design.id, "partner_id": cls.contact.id}
        )
        cls.design.with_user(cls.manager).action_publish()

    @classmethod
    def _create_seller(cls, login, role, **vals):
        return new_test_user(
            cls.env,
            login,
            context={"no_reset_password": True},
            groups=f"sales_team.group_sale_{role}",
            email=f"{login}@seller.example",
            **vals,
        )

    @classmethod
    def _create_login(cls, login, name):
        return new_test_user(
            cls.env,
            login,
            context={"no_reset_password": True},
            groups="base.group_portal",
            name=name,
            email=f"{login}@customer.example",
        )

    @classmethod
    def _create_design(cls, name, **vals):
        """Return one of the demo's designs as a draft, seen by the manager."""
        return (
            cls.env["rfq.design"]
            .with_user(cls.manager)
            ._create_from_file(
                name,
                **{
                    "user_id": cls.seller.id,
                    "product_tmpl_id": cls.product.product_tmpl_id.id,
                    **vals,
                },
            )
        )

    @classmethod
    def _open(cls, design=None, user=None, token=None):
        """Return design and access as a visitor's page gets them."""
        design = design or cls.design
        return (
            cls.env["rfq.design"]
            .with_user(user or cls.public)
            .with_context(lang=(user or cls.public).lang)
            ._get_for_visitor(design.code, token or cls.access.token)
        )

    @classmethod
    def _send(
        cls,
        inputs=None,
        design=None,
        user=None,
        token=None,
        contact=None,
        uploads=(),
        **filled,
    ):
        """Return a request that a visitor sent, seen by the seller."""
        user = user or cls.public
        design_sudo, access_sudo = cls._open(design, user, token)
        vals = {
            "version_sha": design_sudo.current_version_id.sha256,
            "quantity": 1,
            "idempotency_key": str(uuid.uuid4()),
            **filled,
        }
        request = (
            cls.env["rfq.request"]
            .with_user(user)
            .with_context(lang=user.lang)
            ._submit(
                FilledForm(design_sudo, access_sudo, inputs=inputs or {}, **vals),
                contact,
                uploads,
            )
        )
        return request.with_user(cls.seller).sudo(False)


class RfqMailCase(MailCase, RfqCommon):
    """The same, with a look at mails."""

    def _run_files_job(self):
        """Make the files and return the mails that followed."""
        with self.enter_registry_test_mode(), self.mock_mail_gateway():
            self.env.ref("rfq_configurator.ir_cron_rfq_files").method_direct_trigger()
        return self._new_mails.exists()

    def _send_with_mails(self, *args, **kwargs):
        """Return a request and the mails that were queued with it."""
        with self.mock_mail_gateway():
            request = self._send(*args, **kwargs)
        return request, self._new_mails
