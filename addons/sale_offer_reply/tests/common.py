from lxml import html

from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user

from odoo.addons.offerdesk_test_support.templates import KeptTemplatesCase
from odoo.addons.sale_offer_reply.offer_reply import OfferIdentity, OfferReply

KEY = "00000000-0000-4000-8000-%012d"
# No mails but those that the tests are about.
NO_WELCOME = {"no_reset_password": True}
NO_ASSIGNMENT = {"mail_auto_subscribe_no_notify": True}


class OfferCommon(KeptTemplatesCase):
    """A seller with a customer company, and offers of an event agency.

    Not built on `BaseCommon`: that silences mails and tracking, which these addons are
    about.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.offer_access_mode = "link"
        cls.company.offer_allow_unsure = True
        cls.salesman = new_test_user(
            cls.env,
            "offer_salesman",
            groups="sales_team.group_sale_salesman",
            name="Sofie Seller",
            email="sofie@seller.example",
            context=NO_WELCOME,
        )
        cls.other_salesman = new_test_user(
            cls.env,
            "offer_other_salesman",
            groups="sales_team.group_sale_salesman",
            context=NO_WELCOME,
        )
        cls.employee = new_test_user(
            cls.env, "offer_employee", groups="base.group_user", context=NO_WELCOME
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Fjord Conference", "is_company": True, "email": "fjord@c.example"}
        )
        cls.portal_user = cls._create_portal_user("offer_portal", "Kari Contact")
        cls.contact = cls.portal_user.partner_id
        cls.colleague_user = cls._create_portal_user("offer_colleague", "Ola Colleague")
        cls.stranger_user = cls._create_portal_user(
            "offer_stranger", "Sam", parent=False
        )
        cls.tax_a = cls._create_tax("VAT 25%", 25)
        cls.tax_b = cls._create_tax("VAT 12%", 12)
        cls.room = cls._create_product("Double room", 100, cls.tax_b)
        cls.dinner = cls._create_product("Three-course dinner", 50, cls.tax_a)
        cls.bus = cls._create_product("Bus transfer", 300, cls.tax_b)
        cls.last_key = 0

    @classmethod
    def _create_portal_user(cls, login, name, parent=True):
        user = new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            name=name,
            email=f"{login}@customer.example",
            context=NO_WELCOME,
        )
        if parent:
            user.partner_id.parent_id = cls.customer
        return user

    @classmethod
    def _create_tax(cls, name, amount, **vals):
        return cls.env["account.tax"].create(
            {"name": name, "amount": amount, "type_tax_use": "sale", **vals}
        )

    @classmethod
    def _create_product(cls, name, price, taxes, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": price,
                "taxes_id": [Command.set(taxes.ids)],
                **vals,
            }
        )

    @classmethod
    def _create_offer(cls, lines=None, **vals):
        """Return a draft offer.

        :param list lines: (product, quantity) pairs or dicts of values
        """
        if lines is None:
            lines = [(cls.room, 4), (cls.dinner, 10), (cls.bus, 1)]
        commands = [
            Command.create(
                line
                if isinstance(line, dict)
                else {"product_id": line[0].id, "product_uom_qty": line[1]}
            )
            for line in lines
        ]
        orders = cls.env["sale.order"].with_context(**NO_ASSIGNMENT)
        order = orders.create(
            {
                "partner_id": cls.contact.id,
                "user_id": cls.salesman.id,
                "require_signature": False,
                "require_payment": False,
                "order_line": commands,
                **vals,
            }
        )
        return order.with_env(cls.env)

    @classmethod
    def _send(cls, order):
        """Mark the offer as sent and return it."""
        order.with_user(order.user_id).action_quotation_sent()
        return order

    @classmethod
    def _create_sent_offer(cls, lines=None, **vals):
        return cls._send(cls._create_offer(lines, **vals))

    @classmethod
    def _new_key(cls):
        cls.last_key += 1
        return KEY % cls.last_key

    @classmethod
    def _all(cls, order, answer):
        """Return the same answer to each line that is asked."""
        return dict.fromkeys(order._get_offer_pending_lines().ids, answer)

    @classmethod
    def _identity(cls, partner=None, **vals):
        partner = partner or cls.contact
        return OfferIdentity(
            partner=partner, **{"verified": "login", "ip": "192.0.2.1", **vals}
        )

    @classmethod
    def _prepare_reply(cls, order, answers, **vals):
        """Return a reply as the page would send it.

        :param answers: one answer for all lines, or a dict of line (or id) → answer
        """
        if isinstance(answers, str):
            answers = cls._all(order, answers)
        answers = {
            getattr(line, "id", line): answer for line, answer in answers.items()
        }
        return OfferReply(
            **{
                "revision": order.offer_revision,
                "last_history_id": order._get_offer_last_reply_id(),
                "answers": answers,
                "key": cls._new_key(),
                **vals,
            }
        )

    @classmethod
    def _reply(cls, order, answers, identity=None, **vals):
        """Have the customer answer, as the portal does, and return the history row."""
        reply = cls._prepare_reply(order, answers, **vals)
        order_sudo = order.with_user(cls.env.ref("base.user_root"))
        return order_sudo._offer_reply(reply, identity or cls._identity())

    def _line(self, order, product):
        return order.order_line.filtered(lambda line: line.product_id == product)


class OfferHttpCase(OfferCommon, HttpCase):
    """The customer's browser without JavaScript: pages, forms, redirects."""

    def _url(self, order, suffix="", **query):
        query = "&".join(f"{key}={value}" for key, value in query.items())
        return f"/my/orders/{order.id}{suffix}" + (f"?{query}" if query else "")

    def _get_page(self, order, **query):
        """Open the offer's page as the authenticated user.

        :return: the parsed page
        """
        return self._parse(self.url_open(self._url(order, **query)))

    def _parse(self, response):
        """Return the parsed page of a response."""
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.content)

    def csrf_token(self):
        """Return a token that is valid for the present session."""
        return http.Request.csrf_token(self)

    def _read_form(self, page, form="o_offer_form"):
        """Return what a browser would send for a form, radios in the table included."""
        fields = {}
        for node in page.xpath(f"//form[@id='{form}']//*[@name] | //*[@form='{form}']"):
            name, kind = node.get("name"), node.get("type")
            if kind in ("radio", "checkbox") and node.get("checked") is None:
                continue
            if kind == "file":
                continue
            fields[name] = (
                node.text or "" if node.tag == "textarea" else node.get("value") or ""
            )
        return fields

    def _send_form(self, order, fields, suffix="/offer/reply", **kwargs):
        """Post a form and return the answer, without following the redirect."""
        return self.url_open(
            self._url(order, suffix), data=fields, allow_redirects=False, **kwargs
        )

    def _answer(self, order, answers, query=None, **fields):
        """Open the page, choose answers, press Send, and return the page that follows.

        :param answers: one answer for all lines, or a dict of line → answer
        """
        form = self._read_form(self._get_page(order, **(query or {})))
        if isinstance(answers, str):
            answers = self._all(order, answers)
        for line, answer in answers.items():
            form[f"answer_{getattr(line, 'id', line)}"] = answer
        response = self._send_form(order, {**form, **fields})
        self.assertEqual(response.status_code, 303, response.text[:500])
        return self._follow(response)

    def _follow(self, response):
        return self._parse(self.url_open(response.headers["Location"]))

    def _text(self, page, css="o_offer_notice"):
        """Return the text of a part of the page, by its id."""
        nodes = page.xpath(f"//*[@id='{css}']")
        return " ".join(nodes[0].text_content().split()) if nodes else ""
