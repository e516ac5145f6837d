from urllib.parse import parse_qs, urlsplit

from odoo import http
from odoo.fields import Command
from odoo.tests import tagged

from .common import VariantReplyCase


@tagged("post_install", "-at_install")
class TestVariantAnswers(VariantReplyCase):
    """What customers answer on the page of a variant decides about the offer."""

    # === YES ===

    def test_yes_chooses_and_wins(self):
        """No signature is asked for, so a Yes orders; the others are closed."""
        page = self.answer("B", "yes", "no")
        self.assertIn("Thank you, your reply has been sent", page)
        self.assertEqual(self.states(), ["cancel", "sale", "cancel"])
        variant = self._variant(self.offer, "B")
        self.assertEqual(self.offer.accepted_variant_id, variant)
        self.assertEqual(self.lead.won_status, "won")
        self.assertEqual(self.lead.expected_revenue, 200)
        kinds = self.offer.sudo().event_ids.sorted("id").mapped("kind")
        self.assertEqual(set(kinds), {"view", "answer", "choose"})
        self.assertEqual(
            self.offer.sudo().event_ids.partner_id, self.portal_user.partner_id
        )

    def test_yes_waits_for_the_signature(self):
        self.offer.variant_ids.require_signature = True
        self.answer("B", "yes")
        self.assertEqual(self.states(), ["sent", "sent", "sent"])
        self.assertEqual(
            self.states("variant_state"), ["offered", "preferred", "offered"]
        )
        self.assertEqual(self.offer.state, "chosen")
        self.assertFalse(self.sign("B").get("error"))
        self.assertEqual(self.states(), ["cancel", "sale", "cancel"])

    def test_choosing_leads_to_the_lines(self):
        """The comparison chooses; what is taken is said line by line."""
        answer = self.choose("B", "offer_portal")
        order = self._variant(self.offer, "B")
        self.assertIn(f"/my/orders/{order.id}", answer.headers["Location"])
        page, _answer = self.get(self.link)
        self.assertIn("Go on with B", self.text(page))

    def test_no_second_order(self):
        """Who has another variant open still reads that one was accepted."""
        order = self._variant(self.offer, "A")
        self.authenticate("offer_portal", "offer_portal")
        page, _answer = self.get(order.get_portal_url())
        form = {
            node.get("name"): node.get("value") or ""
            for node in page.xpath(
                "//form[@id='o_offer_form']//input[@name][@type='hidden']"
            )
        }
        form[f"answer_{order.order_line.id}"] = "yes"
        self.answer("B", "yes")
        self.assertIn("was accepted already", self.send_answers(order, form))
        self.assertEqual(self.states(), ["cancel", "sale", "cancel"])
        self.assertFalse(order.order_line.offer_answer)

    def test_yes_in_two_variants(self):
        """The seller is asked which one; nothing is ordered until then."""
        self.offer.variant_ids.require_signature = True
        self.answer("A", "yes")
        self.answer("B", "yes", "unsure")
        self.assertEqual(self.states(), ["sent", "sent", "sent"])
        first, second = (self._variant(self.offer, label) for label in "AB")
        self.assertEqual(
            (first | second).mapped("offer_status"), ["to_check", "to_check"]
        )
        activity = second.activity_ids.filtered(lambda one: "several" in one.summary)
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn(first.name, activity.note)
        self.assertIn(second.name, activity.note)
        self.assertTrue(self.sign("A").get("error"))
        second.with_user(self.seller).action_offer_release()
        self.assertFalse(self.sign("B").get("error"))
        self.assertEqual(self.states(), ["cancel", "sale", "cancel"])

    def test_customer_decides_between_two(self):
        """Who takes the yes in one of them back needs nobody to ask."""
        self.offer.variant_ids.require_signature = True
        self.answer("A", "yes")
        self.answer("B", "yes")
        self.answer("B", "no")
        first = self._variant(self.offer, "A")
        self.assertEqual(first.offer_status, "to_sign")
        self.assertEqual(
            self.states("variant_state"), ["preferred", "rejected", "offered"]
        )
        summaries = self.offer.variant_ids.activity_ids.mapped("summary")
        self.assertFalse([text for text in summaries if "several" in text])
        self.assertFalse(self.sign("A").get("error"))
        self.assertEqual(self.states(), ["sale", "cancel", "cancel"])

    def test_two_orders_where_alternatives_stay_open(self):
        self.offer.sudo().team_id.keep_siblings = True
        self.answer("A", "yes")
        self.answer("B", "yes")
        self.assertEqual(self.states(), ["sale", "sale", "sent"])

    # === NO AND UNSURE ===

    def test_no_rejects_the_variant(self):
        self.answer("A", "no")
        self.assertEqual(
            self.states("variant_state"), ["rejected", "offered", "offered"]
        )
        self.assertEqual(self.offer.state, "sent")
        self.assertFalse(self.offer.variant_ids.activity_ids)

    def test_no_to_all_variants(self):
        """The offer is declined, and the seller is asked for another one, once."""
        for label in "ABC":
            self.answer(label, "no")
        self.assertEqual(self.offer.state, "declined")
        self.assertEqual(len(self.offer.variant_ids.activity_ids), 1)
        self.assertEqual(self.lead.expected_revenue, 0)
        self.answer("C", "yes")
        self.assertEqual(self.offer.state, "accepted")

    def test_answered_lines_stay_comparable(self):
        """What the customer has not taken was offered still."""
        self.offer.variant_ids.require_signature = True
        rows = self._get_row(self.glazing)
        self.answer("B", "yes", "unsure")
        answered = self._get_row(self.glazing)
        self.assertIn("Your answer: Unsure", answered[1])
        self.assertIn(rows[1], answered[1])
        self.answer("A", "no")
        page, _answer = self.get(self.link)
        self.assertIn("You said no to it", self.text(page, "//section[1]"))

    def _get_row(self, product):
        """Return what the comparison says of a product, by variant."""
        page, _answer = self.get(self.link)
        (row,) = page.xpath(f"//table//tr[th[contains(., '{product.name}')]]")[:1]
        return [self.text(cell, ".") for cell in row.iterfind("td")]

    def test_unsure_counts_half(self):
        """Value and cost: what was refused drops out, what is unsure counts half."""
        self.offer.main_variant_id = self._variant(self.offer, "C")
        self.assertEqual(self.lead.expected_revenue, 700)
        self.answer("C", "no", "unsure")
        self.assertEqual(self.lead.expected_revenue, 250)
        self.assertEqual(self.lead.sudo().expected_cost, 150)
        self.offer.variant_ids.require_signature = True
        self.answer("C", "yes", "unsure")
        self.assertEqual(self.lead.expected_revenue, 450)
        self.assertEqual(self.lead.sudo().expected_cost, 270)
        lines = self._variant(self.offer, "C").order_line
        self.assertEqual(lines.mapped("product_uom_qty"), [1, 0])
        self.assertEqual(lines.mapped("offer_qty"), [0, 1])

    # === THE LIST ===

    def list_rows(self):
        """Return address, name and total of each row of the customer's offers."""
        self.authenticate("offer_portal", "offer_portal")
        page, _answer = self.get("/my/offers")
        rows = page.xpath("//table[contains(@class, 'o_offer_list')]/tbody/tr")
        return [
            (
                row.xpath(".//a/@href")[0].split("?")[0],
                " ".join(row.xpath(".//a")[0].text_content().split()),
                " ".join(row.xpath("./td")[-1].text_content().split()),
            )
            for row in rows
        ]

    def test_one_row_for_each_offer(self):
        """Which leads to all variants, until the customer has taken to one."""
        self.offer.variant_ids.require_signature = True
        ((address, name, total),) = self.list_rows()
        self.assertEqual(address, self.path)
        self.assertEqual(name, f"{self.offer.name} (variants: 3)")
        self.assertRegex(total, r"^from \D*200\.00")
        self.answer("A", "no")
        ((address, _name, total),) = self.list_rows()
        self.assertEqual(address, self.path)
        self.assertRegex(total, r"^from \D*300\.00")
        self.answer("C", "yes")
        variant = self._variant(self.offer, "C")
        ((address, name, total),) = self.list_rows()
        self.assertEqual((address, name), (variant.access_url, variant.name))
        self.assertRegex(total, r"^\D*700\.00")

    def test_refused_variant_hides_no_other(self):
        """Each list shows what is in it, whatever was said about other variants."""
        self.answer("A", "no")
        page, _answer = self.get("/my/offers?filterby=waiting")
        self.assertIn(f"{self.offer.name} (variants: 3)", self.text(page))
        page, _answer = self.get("/my/offers?filterby=closed")
        self.assertIn(self._variant(self.offer, "A").name, self.text(page))

    def test_guest_finds_the_variants(self):
        """An architect of another company, who may answer, as well."""
        contact = self.stranger_user.partner_id.ids
        self._variant(self.offer, "A").offer_contact_ids = contact
        self.authenticate("offer_stranger", "offer_stranger")
        _page, answer = self.get(self.path)
        self.assertNotIn(self.offer.name, answer.text)
        self.offer.variant_ids.offer_contact_ids = contact
        page, _answer = self.get("/my/offers")
        link = page.xpath("//a[contains(., '(variants: 3)')]/@href")[0]
        page, _answer = self.get(link)
        self.assertIn("Compare the variants", self.text(page))

    def test_home_counts_the_offer_once(self):
        self.authenticate("offer_portal", "offer_portal")
        self.env.flush_all()
        counts = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["offer_count"]}
        )
        self.assertEqual(counts["offer_count"], 1)

    # === WHO ===

    def test_person_of_the_deal_answers(self):
        """An architect gets the offer, and may answer it though of another company."""
        architect = self.env["res.partner"].create(
            {"name": "Ada Architect", "email": "ada@offer.example"}
        )
        self.lead.stakeholder_ids = [
            Command.create({"partner_id": architect.id, "gets_offers": True})
        ]
        self.offer.with_context(mark_offer_as_sent=True).message_post(
            body="Again", partner_ids=architect.ids
        )
        order = self._variant(self.offer, "B")
        self.assertEqual(
            order.offer_contact_ids, architect | self.portal_user.partner_id
        )
        self.authenticate(None, None)
        page, _answer = self.get(self.personal_link(architect, order))
        form = {
            node.get("name"): node.get("value") or ""
            for node in page.xpath(
                "//form[@id='o_offer_form']//input[@name][@type='hidden']"
            )
        }
        form.update({f"answer_{line.id}": "yes" for line in order.order_line})
        self.send_answers(order, form)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.offer_answer_by_id, architect)

    def test_stranger_answers_nothing(self):
        self.authenticate("offer_stranger", "offer_stranger")
        order = self._variant(self.offer, "A")
        answer = self.url_open(
            f"/my/orders/{order.id}/offer/reply",
            data={
                "csrf_token": http.Request.csrf_token(self),
                f"answer_{order.order_line.id}": "yes",
            },
            allow_redirects=False,
        )
        self.assertTrue(answer.headers["Location"].endswith("/my"))
        page, answer = self.get(order.access_url)
        self.assertNotIn(order.name, answer.text)
        self.assertEqual(self.states(), ["sent", "sent", "sent"])

    def test_link_to_variants_without_links(self):
        """As those have that were sent before lines could be answered."""
        self.offer.sudo().variant_ids.access_token = False
        page, _answer = self.get(self.link)
        self.assertIn("All details of B", self.text(page))

    def test_comparison_asks_for_a_login(self):
        """Where the company wants one for its offers."""
        self.company.offer_access_mode = "login"
        self.authenticate(None, None)
        _page, answer = self.get(self.link)
        self.assertNotIn(self.offer.name, answer.text)
        self.authenticate("offer_portal", "offer_portal")
        _page, answer = self.get(self.path)
        self.assertIn(self.offer.name, answer.text)

    def login_address(self, url):
        """Return where a visitor with a link ends up, without following any further."""
        self.authenticate(None, None)
        _page, answer = self.get(url, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        return urlsplit(answer.headers["Location"])

    def test_login_leads_back_to_the_variants(self):
        """Who comes by the link in the mail logs in, and sees the variants then."""
        self.company.offer_access_mode = "login"
        address = self.login_address(self.personal_link(self.contact))
        self.assertEqual(address.path, "/web/login")
        query = parse_qs(address.query)
        self.assertEqual(query, {"redirect": [self.path], "login": ["offer_portal"]})
        query = parse_qs(self.login_address(self.link).query)
        self.assertEqual(query, {"redirect": [self.path]})

    def test_newcomer_chooses_a_password(self):
        self.company.offer_access_mode = "login"
        newcomer = self.env["res.partner"].create(
            {
                "name": "Nora New",
                "email": "nora@c.example",
                "parent_id": self.customer.id,
            }
        )
        address = self.login_address(self.personal_link(newcomer))
        self.assertEqual(address.path, "/web/signup")
        self.assertIn(self.path, parse_qs(address.query)["redirect"][0])

    def test_no_login_by_a_link_of_somebody_else(self):
        """Neither a stranger gets a password by it, nor whoever guesses a link."""
        self.company.offer_access_mode = "login"
        stranger = self.env["res.partner"].create(
            {"name": "Sid", "email": "s@x.example"}
        )
        address = self.login_address(self.personal_link(stranger))
        self.assertEqual(parse_qs(address.query), {"redirect": [self.path]})
        address = self.login_address(f"{self.path}?access_token=guessed")
        self.assertEqual(address.path, "/my")

    def test_comparison_is_limited_to_contacts(self):
        colleague = self._create_user(
            "offer_colleague", "base.group_portal", "Ben Blum"
        )
        colleague.partner_id.parent_id = self.customer
        self.authenticate("offer_colleague", "offer_colleague")
        _page, answer = self.get(self.path)
        self.assertIn(self.offer.name, answer.text)
        self._variant(self.offer, "A").offer_limit_to_contacts = True
        _page, answer = self.get(self.path)
        self.assertNotIn(self.offer.name, answer.text)

    def test_revoked_links(self):
        """Neither the variant's link nor that to all of them is good any more."""
        order = self._variant(self.offer, "A")
        order.with_user(self.seller).action_offer_revoke_links()
        self.authenticate(None, None)
        _page, answer = self.get(self.link)
        self.assertNotIn(self.offer.name, answer.text)
        _page, answer = self.get(self.offer.get_portal_url())
        self.assertIn(self.offer.name, answer.text)
