from odoo import http

from odoo.addons.crm_offer_calculation.tests.common_portal import PortalCase


class VariantReplyCase(PortalCase):
    """Three variants that are answered line by line, and need no signature."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "offer_reply_default": True,
                "offer_allow_unsure": True,
                "offer_access_mode": "link",
                "portal_confirmation_sign": False,
            }
        )
        cls.lead = cls._create_lead()
        cls.offer = cls._create_offer(
            [cls.window],
            [cls.window, cls.glazing],
            [cls.window, cls.door],
            lead=cls.lead,
        )
        cls._send(cls.offer)
        cls.path = cls.offer.access_url
        cls.link = cls.offer.get_portal_url()
        cls.env.flush_all()

    def answer(self, label, *answers, user="offer_portal", order=None):
        """Answer the lines of a variant on its page, and return the page that follows.

        :param answers: for each line, or one for all
        """
        order = order or self._variant(self.offer, label)
        self.authenticate(user, user)
        page, _answer = self.get(order.get_portal_url())
        form = {
            node.get("name"): node.get("value") or node.text or ""
            for node in page.xpath(
                "//form[@id='o_offer_form']//input[@name][@type='hidden']"
            )
        }
        self.assertTrue(form, "the page asks nothing")
        lines = order.order_line
        answers = answers if len(answers) > 1 else answers * len(lines)
        for line, answer in zip(lines, answers, strict=True):
            form[f"answer_{line.id}"] = answer
        return self.send_answers(order, form)

    def send_answers(self, order, form):
        """Send a form as a browser does, and return the page that follows."""
        form["csrf_token"] = http.Request.csrf_token(self)
        self.env.flush_all()
        answer = self.url_open(
            f"/my/orders/{order.id}/offer/reply", data=form, allow_redirects=False
        )
        self.env.invalidate_all()
        self.assertEqual(answer.status_code, 303)
        page, _answer = self.get(answer.headers["Location"])
        return self.text(page)

    def states(self, name="state"):
        return self.offer.variant_ids.sorted("variant_label").mapped(name)
