from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time

from odoo import Command, fields, http
from odoo.tests import tagged
from odoo.tools import format_amount

from .common_portal import BROWSER, PortalCase


@tagged("post_install", "-at_install")
class TestPortal(PortalCase):
    """Customers compare variants, choose one, and sign it."""

    # === COMPARISON ===

    def test_differences(self):
        """Rows that differ come first; what is the same is folded away."""
        page, _answer = self.get(self.link)
        table = "//div[contains(@class, 'd-md-block')]/table"
        page_text = self.text(page)
        self.assertIn("Variant A", page_text)
        rows = page.xpath(f"{table}//tr[contains(@class, 'o_crm_offer_different')]")
        names = [row.xpath("normalize-space(th)") for row in rows]
        self.assertEqual(names, ["Triple glazing", "Door"])
        self.assertIn("Not included", self.text(rows[0], "."))
        self.assertEqual(self.text(page, "//details//table//th"), "Window")
        self.assertIn("700.00", page_text)

    def test_other_quantity_differs(self):
        self._variant(self.offer, "B").order_line[0].product_uom_qty = 2
        page, _answer = self.get(self.link)
        rows = page.xpath("//tr[contains(@class, 'o_crm_offer_different')]/th")
        self.assertIn("Window", [row.xpath("normalize-space()") for row in rows])

    def test_page_tells_no_costs(self):
        _page, answer = self.get(self.link)
        for secret in ("120.00", "170.00", "420.00", "margin", "markup"):
            self.assertNotIn(secret, answer.text)

    def test_markup_in_texts(self):
        """What sellers type is shown, and never run."""
        variant = self._variant(self.offer, "A")
        variant.variant_label = "<script>alert(1)</script>"
        variant.variant_pitch = "<b>Best</b><script>alert(2)</script>"
        variant.order_line.name = "<img src=x onerror=alert(3)>"
        page, answer = self.get(self.link)
        self.assertNotIn("<script>alert", answer.text)
        self.assertNotIn("<img src=x", answer.text)
        self.assertIn("Best", self.text(page))

    def test_delivery_terms_of_a_variant(self):
        """They stand on the variant's own page and on paper, too."""
        variant = self._variant(self.offer, "A")
        variant.delivery_terms = "Delivered and fitted"
        for kind in ("", "&report_type=html"):
            page, _answer = self.get(variant.get_portal_url() + kind)
            self.assertEqual(page.text_content().count("Delivered and fitted"), 1, kind)

    def _get_terms(self, page, name):
        """Return what the table says of a term, by variant, and how the row looks."""
        (row,) = page.xpath(f"//table//tr[th[normalize-space()='{name}']]")
        return [self.text(cell, ".") for cell in row.iterfind("td")], row.get("class")

    def test_what_it_takes_to_accept(self):
        """A signature, a down payment, all of it: each variant has its own."""
        first, second, third = self.offer.variant_ids.sorted("variant_label")
        first.write({"require_payment": True, "prepayment_percent": 0.3})
        second.write({"require_payment": True, "require_signature": False})
        second.prepayment_percent = 1
        third.write({"require_payment": False, "require_signature": False})
        page, _answer = self.get(self.link)
        terms, look = self._get_terms(page, "To accept it")
        amount = format_amount(self.env, first.amount_total * 0.3, first.currency_id)
        wanted = f"Your signature Down payment of {amount} (30%)"
        self.assertEqual(terms[0].split(), wanted.split())
        self.assertTrue(terms[1].startswith("Payment of"))
        self.assertIn("–", terms[2])
        self.assertTrue(look)
        card = page.xpath("//section")[0]
        self.assertIn("(30%)", self.text(card, "."))
        first.sudo()._action_cancel()
        second.sudo()._action_cancel()
        page, _answer = self.get(self.link)
        self.assertNotIn("To accept it", self.text(page))

    def test_terms_that_differ(self):
        self.offer.variant_ids.delivery_terms = "Delivered and fitted"
        page, _answer = self.get(self.link)
        terms, look = self._get_terms(page, "Delivery")
        self.assertEqual(terms, ["Delivered and fitted"] * 3)
        self.assertFalse(look)
        self._variant(self.offer, "C").delivery_terms = "Collected"
        page, _answer = self.get(self.link)
        terms, look = self._get_terms(page, "Delivery")
        self.assertEqual(terms[2], "Collected")
        self.assertEqual(look, "o_crm_offer_different")

    def test_way_back_to_the_list(self):
        """Where the offer stands in a list: with the orders once it was accepted."""
        self.authenticate("offer_portal", "offer_portal")

        def links():
            page, _answer = self.get(self.path)
            return page.xpath("//ol[contains(@class, 'breadcrumb')]//a/@href")

        self.assertIn("/my/quotes", links())
        self._variant(self.offer, "B").action_confirm()
        self.assertIn("/my/orders", links())

    def test_drafts_are_not_shown(self):
        self.offer.action_add_variant()
        page, _answer = self.get(self.link)
        self.assertNotIn("Variant D", self.text(page))

    def test_only_variant(self):
        """Where there is nothing to compare, the link leads to the quotation itself."""
        offer = self._create_offer([self.window])
        self._send(offer)
        page, answer = self.get(self.personal_link(self.contact, offer))
        variant = offer.variant_ids
        self.assertEqual(urlsplit(answer.url).path, variant.access_url)
        self.assertIn(variant.name, self.text(page))
        self.assertEqual(offer.event_ids.mapped("count"), [1])
        self.assertEqual(offer.event_ids.partner_id, self.contact)

    def test_draft_offer(self):
        """Before it is sent an offer is nobody's business, link or not."""
        draft = self._create_offer([self.window])
        for user in (None, "offer_portal"):
            self.authenticate(user, user)
            _page, answer = self.get(draft.get_portal_url(), allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
        variant = draft.variant_ids
        self.assertFalse(variant._has_to_be_signed())

    def test_one_row_for_each_offer(self):
        """The list of quotations has one row for the offer, which leads to all."""
        single = self._create_order(self.door)
        single.action_quotation_sent()
        self.authenticate("offer_portal", "offer_portal")
        page, _answer = self.get("/my/quotes")
        rows = page.xpath("//main//table//tr[td]")
        links = {row.xpath(".//a")[0].get("href").split("?")[0] for row in rows}
        self.assertEqual(links, {self.path, single.access_url})
        row = next(row for row in rows if self.offer.name in row.text_content())
        text = " ".join(row.text_content().split())
        self.assertIn(f"{self.offer.name} (variants: 3)", text)
        self.assertRegex(text, r"from \D*200\.00")
        self._variant(self.offer, "A")._action_cancel()
        self._variant(self.offer, "B")._action_cancel()
        page, _answer = self.get("/my/quotes")
        self.assertIn(self._variant(self.offer, "C").name, self.text(page))

    def test_seller_previews(self):
        """Before sending as well; looking at it counts for nothing."""
        draft = self._create_offer([self.window], [self.door])
        self.authenticate("offer_seller", "offer_seller")
        page, _answer = self.get(draft.action_preview()["url"])
        self.assertIn("Not sent yet", self.text(page))
        self.assertFalse(page.xpath("//form[contains(@action, 'choose')]"))
        self.assertFalse(draft.event_ids)

    def test_customer_logs_in(self):
        self.authenticate("offer_portal", "offer_portal")
        page, _answer = self.get(self.path)
        self.assertIn("Variant C", self.text(page))
        self.authenticate("offer_stranger", "offer_stranger")
        _page, answer = self.get(self.path, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)

    def test_from_variant_to_comparison(self):
        """Who came by their own link is known on the way there and back."""
        page, _answer = self.get(self.personal_link(self.contact))
        link = page.xpath("//a[contains(., 'All details of B')]/@href")[0]
        page, _answer = self.get(link)
        back = page.xpath("//a[contains(., 'Compare all variants')]/@href")[0]
        self.get(back)
        self.assertEqual(self.offer.event_ids.partner_id, self.contact)
        self.assertEqual(len(self.offer.event_ids), 2)
        self.assertEqual(self.offer.view_count, 3)

    def test_quantities(self):
        """As in the core, but whole numbers have no zeros behind."""
        line = self._variant(self.offer, "A").order_line
        for quantity, shown in ((1234567, "1,234,567 Units"), (2.5, "2.50 Units")):
            line.product_uom_qty = quantity
            page, _answer = self.get(self.link)
            self.assertIn(shown, self.text(page))

    def test_query_count(self):
        """However many lines variants have."""
        counts = []
        self.get(self.link)
        for _turn in range(2):
            self.env.invalidate_all()
            variants = self.offer.sudo()._get_shown_variants()
            start = self.cr.sql_log_count
            self.offer.sudo()._prepare_comparison(variants)
            counts.append(self.cr.sql_log_count - start)
            for variant in variants:
                variant.order_line = [
                    Command.create({"product_id": product.id})
                    for product in (self.door, self.glazing) * 20
                ]
            self.env.flush_all()
        self.assertEqual(counts[0], counts[1])

    # === CHOOSING ===

    def test_choose_and_sign(self):
        answer = self.choose("B")
        order = self._variant(self.offer, "B")
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].startswith(order.access_url))
        self.assertEqual(order.variant_state, "preferred")
        self.assertEqual(self.offer.state, "chosen")
        activity = self.offer.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("chose variant B", activity.summary)
        page, _answer = self.get(answer.headers["Location"])
        self.assertTrue(page.xpath("//*[@id='modalaccept']"))
        self.assertNotIn("error", self.sign("B"))
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._variant(self.offer, "A").state, "cancel")
        self.assertEqual(self.lead.won_status, "won")
        self.assertEqual(self.lead.expected_revenue, 300)
        kinds = self.offer.event_ids.filtered("order_id").sorted("id").mapped("kind")
        self.assertEqual(kinds, ["choose", "view", "sign"])
        page, _answer = self.get(self.link)
        self.assertIn("You accepted variant B", self.text(page))

    def test_choose_without_javascript(self):
        """By the form as it stands in the page, on a desk and on a phone."""
        label = "//button[contains(., 'Choose B')]"
        self.authenticate(None, None)
        page, _answer = self.get(self.personal_link(self.contact))
        forms = page.xpath(f"//form[.{label}]")
        self.assertEqual(len(forms), 2)
        for form in forms:
            self._variant(self.offer, "B").variant_state = "offered"
            self.env.flush_all()
            fields = dict(form.form_values())
            self.url_open(form.get("action"), data=fields, allow_redirects=False)
            self.env.invalidate_all()
            self.assertEqual(self._variant(self.offer, "B").variant_state, "preferred")
        event = self.offer.event_ids.filtered(lambda one: one.kind == "choose")
        self.assertEqual(event.partner_id, self.contact)

    def test_right_to_left(self):
        """The page is laid out by the customer's language."""
        self.env["res.lang"]._activate_lang("ar_001")
        self.portal_user.lang = "ar_001"
        self.authenticate("offer_portal", "offer_portal")
        page, _answer = self.get(self.path)
        self.assertTrue(page.xpath("//*[@id='wrapwrap' and contains(@class, 'o_rtl')]"))
        self.assertTrue(page.xpath("//link[contains(@href, '.rtl.')]"))

    def test_choose_without_signature(self):
        """Then it is a wish, which the seller confirms."""
        self.offer.variant_ids.require_signature = False
        answer = self.choose("B")
        page, _answer = self.get(answer.headers["Location"])
        self.assertIn("We got your choice", self.text(page))
        self.assertEqual(self._variant(self.offer, "B").state, "sent")

    def test_variant_that_was_not_taken(self):
        """It says what was accepted instead, rather than to ask for a new quotation."""
        self._variant(self.offer, "B").sudo().action_confirm()
        lost = self._variant(self.offer, "A")
        self.authenticate("offer_portal", "offer_portal")
        page, _answer = self.get(f"/my/orders/{lost.id}")
        text = self.text(page)
        self.assertIn("Variant B was accepted.", text)
        self.assertNotIn("has been cancelled", text)
        back = page.xpath("//a[contains(., 'See what was accepted')]/@href")[0]
        page, _answer = self.get(back)
        self.assertIn("You accepted variant B", self.text(page))
        self.assertTrue(page.xpath("//details[@open]"), "one variant: nothing to hide")

    def test_variant_of_a_withdrawn_offer(self):
        self.offer.action_withdraw()
        self.authenticate("offer_portal", "offer_portal")
        page, _answer = self.get(f"/my/orders/{self._variant(self.offer, 'A').id}")
        self.assertIn("has been cancelled", self.text(page))
        self.assertNotIn("was accepted", self.text(page))

    def test_change_of_mind(self):
        self.choose("A")
        self.choose("C")
        states = self.offer.variant_ids.sorted("variant_label").mapped("variant_state")
        self.assertEqual(states, ["offered", "offered", "preferred"])
        self.assertEqual(len(self.offer.activity_ids), 1)
        self.assertIn("variant C", self.offer.activity_ids.summary)

    def test_phones_start_at_the_chosen_card(self):
        """The main variant comes first, until the customer chose another one."""

        def first():
            page, _answer = self.get(self.link)
            cards = page.xpath("//div[contains(@class, 'o_crm_offer_cards')]")[0]
            return self.text(cards[int(cards.get("data-first"))], ".//h2")

        self.assertEqual(first(), "Variant A")
        self.offer.main_variant_id = self._variant(self.offer, "C")
        self.assertEqual(first(), "Variant C")
        self.choose("B")
        self.assertEqual(first(), "Variant B")

    def test_choose_twice(self):
        """The same form sent again says the same and does nothing more."""
        first = self.choose("B")
        messages = self.offer.message_ids
        again = self.choose("B")
        self.assertEqual(again.headers["Location"], first.headers["Location"])
        self.assertEqual(self.offer.message_ids, messages)
        self.assertEqual(self.offer.event_ids.mapped("count"), [1])

    def test_choose_by_name(self):
        """Who has a link of their own is named; who has another's is not guessed."""
        link = parse_qs(urlsplit(self.personal_link(self.contact)).query)
        self.choose("A", pid=link["pid"][0], hash=link["hash"][0])
        self.assertIn("Bea Blum chose", self.offer.activity_ids.summary)
        self.choose("B", pid=str(self.customer.id), hash=link["hash"][0])
        self.assertIn("Somebody", self.offer.activity_ids.summary)

    def test_choose_what_is_gone(self):
        self.sign("A")
        answer = self.choose("B")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Variant A of this offer was accepted already", answer.text)

    def test_choose_expired(self):
        variant = self._variant(self.offer, "B")
        variant.validity_date = fields.Date.today() - timedelta(days=1)
        page, _answer = self.get(self.link)
        self.assertIn("Expired", self.text(page))
        answer = self.choose("B")
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(variant.variant_state, "offered")

    def test_choose_from_another_offer(self):
        """Ids that a form sends count within its offer only."""
        other = self._create_offer([self.window])
        self._send(other)
        answer = self.choose("A", variant=str(other.variant_ids.id))
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(other.variant_ids.variant_state, "offered")

    def test_seller_does_not_choose(self):
        answer = self.choose("B", user="offer_seller")
        self.assertEqual(answer.headers["Location"], "/my")
        self.assertEqual(self._variant(self.offer, "B").variant_state, "offered")

    def test_second_signature(self):
        """Who signs second reads which variant was taken, and that is all."""
        self.assertNotIn("error", self.sign("A"))
        result = self.sign("B")
        self.assertIn("Variant A of this offer was accepted", result["error"])
        self.assertFalse(self._variant(self.offer, "B").signature)
        signed = self.offer.event_ids.filtered(lambda one: one.kind == "sign")
        self.assertEqual(signed.order_id, self._variant(self.offer, "A"))
        self.assertEqual(
            self.offer.variant_ids.filtered(lambda one: one.state == "sale"),
            self._variant(self.offer, "A"),
        )

    def test_decline_a_variant(self):
        order = self._variant(self.offer, "A")
        token = order._portal_ensure_token()
        self.authenticate(None, None)
        self.env.flush_all()
        self.url_open(
            f"/my/orders/{order.id}/decline",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "access_token": token,
                "decline_message": "Too small.",
            },
        )
        self.env.invalidate_all()
        self.assertEqual(order.variant_state, "rejected")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.offer.main_variant_id, self._variant(self.offer, "B"))
        self.assertEqual(self.offer.state, "sent")

    def test_decline_all_variants(self):
        self.authenticate(None, None)
        token = http.Request.csrf_token(self)
        for order in self.offer.variant_ids:
            fields = {"access_token": order._portal_ensure_token(), "csrf_token": token}
            self.env.flush_all()
            self.url_open(
                f"/my/orders/{order.id}/decline",
                data={**fields, "decline_message": "No, thank you."},
            )
        self.env.invalidate_all()
        self.assertEqual(self.offer.state, "declined")

    # === VIEWS ===

    def test_customer_wakes_a_suspended_deal(self):
        """The customer looks, so the deal is open again and the seller is told; a
        program that opens the link wakes nobody."""
        until = fields.Date.add(fields.Date.today(), days=30)
        self.lead._suspend(until, "Holidays")
        self.get(self.link, headers={"User-Agent": "Googlebot/2.1"})
        self.assertEqual(self.lead.deal_status, "suspended")
        self.get(self.personal_link(self.contact))
        self.assertEqual(self.lead.deal_status, "open")
        activity = self.lead.activity_ids
        self.assertEqual(activity.summary, "The customer is back")
        self.assertEqual(activity.user_id, self.seller)

    def test_views_by_person(self):
        self.get(self.link)
        self.get(self.personal_link(self.contact))
        self.get(self.personal_link(self.contact))
        events = self.offer.event_ids.sorted("count")
        self.assertEqual(events.mapped("count"), [1, 2])
        self.assertEqual(events.partner_id, self.contact)
        self.assertFalse(events[0].partner_id)
        self.assertEqual(self.offer.view_count, 3)
        self.assertTrue(self.offer.first_view)
        people = self.offer.with_user(self.seller).event_ids.mapped("person")
        self.assertIn("Somebody who has the link", people)

    def test_seller_gets_mails(self):
        """They have a sender, although the visitor has no address."""
        mails = self.env["mail.mail"]
        known = mails.search([])
        self.choose("B")
        self.assertEqual(self.sign("B").get("redirect_url", "")[:4], "/my/")
        told = (mails.search([]) - known).filtered(
            lambda mail: self.seller.partner_id in mail.recipient_ids
        )
        self.assertTrue(told)
        self.assertNotIn(False, told.mapped("email_from"))

    def test_seller_is_told(self):
        """Of each new person, and of those who come back after days."""
        subtype = self.env.ref("crm_offer_calculation.mt_offer_viewed")

        def told():
            return self.offer.message_ids.filtered(
                lambda one: one.subtype_id == subtype
            )

        self.get(self.personal_link(self.contact))
        self.get(self.personal_link(self.contact))
        self.assertEqual(len(told()), 1)
        self.assertIn("Bea Blum looked", told().body)
        self.get(self.link)
        self.assertEqual(len(told()), 2)
        self.assertIn("Somebody", told()[0].body)
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self.get(self.personal_link(self.contact))
        self.assertEqual(len(told()), 3)

    def test_machines_do_not_count(self):
        """Scanners, previews and bots open links without anybody looking."""
        variant = self._variant(self.offer, "A")
        for url in (self.link, variant.get_portal_url()):
            for headers in (
                {"User-Agent": "Googlebot/2.1"},
                {"User-Agent": "python-requests/2.31"},
                {"User-Agent": "Microsoft Office/16.0"},
                {"User-Agent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"},
                {"User-Agent": ""},
                {**BROWSER, "Odoo-Link-Preview": "True"},
                {**BROWSER, "Sec-Purpose": "prefetch"},
                {**BROWSER, "Purpose": "prefetch"},
            ):
                self.get(url, headers=headers)
            self.env.flush_all()
            self.url_open(url, method="HEAD", headers=BROWSER)
            self.env.invalidate_all()
        self.assertFalse(self.offer.event_ids)
        self.assertFalse(self.offer.view_count)
        self.assertNotIn("viewed by customer", str(variant.message_ids.mapped("body")))

    def test_scanners_of_mails_do_not_count(self):
        """They look like browsers, and open the links of a mail as it arrives."""
        self.offer.sent_on = fields.Datetime.now() - timedelta(seconds=3)
        self.get(self.personal_link(self.contact))
        self.assertFalse(self.offer.event_ids)
        self.offer.sent_on = fields.Datetime.now() - timedelta(minutes=1)
        self.get(self.personal_link(self.contact))
        self.assertEqual(self.offer.event_ids.partner_id, self.contact)

    def test_nobody_is_watched(self):
        """A company need not know who looks at its offers, and is told of choices
        all the same."""
        self.env.company.offer_watch_views = False
        self.get(self.personal_link(self.contact))
        self.get(self.personal_link(self.contact, self._variant(self.offer, "B")))
        self.assertFalse(self.offer.event_ids)
        self.assertFalse(self.offer.view_count)
        self.assertNotIn("looked", str(self.offer.message_ids.mapped("body")))
        self.choose("B")
        self.assertEqual(self.offer.event_ids.kind, "choose")

    def test_viewers_are_forgotten(self):
        """In time, while the number of views stays, and never where 0 days are set."""
        events = self.env["crm.offer.event"]
        self.get(self.personal_link(self.contact))
        company = self.env.company
        company.offer_event_days = 30
        with freeze_time(fields.Datetime.now() + timedelta(days=29)):
            events._gc_events()
            self.assertEqual(self.offer.event_ids.partner_id, self.contact)
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            company.offer_event_days = 0
            events._gc_events()
            self.assertTrue(self.offer.event_ids)
            company.offer_event_days = 30
            events._gc_events()
        self.assertFalse(self.offer.event_ids)
        self.assertEqual(self.offer.view_count, 1)
        self.assertTrue(self.offer.last_view)

    def test_merged_contact(self):
        """The link of a contact that was merged into another one still opens the
        offer; it names nobody any more."""
        contact = self.env["res.partner"].create(
            {"name": "Bea B.", "parent_id": self.customer.id}
        )
        link = self.personal_link(contact)
        merger = self.env["base.partner.merge.automatic.wizard"].create({})
        merger._merge((contact + self.contact).ids, self.contact)
        page, _answer = self.get(link)
        self.assertIn("Choose B", page.text_content())
        self.assertFalse(self.offer.event_ids.partner_id)
        self.assertEqual(self.offer.view_count, 1)

    def test_forged_person(self):
        """A link that was changed by hand names nobody."""
        link = self.personal_link(self.contact)
        forged = link.replace(f"pid={self.contact.id}", f"pid={self.customer.id}")
        self.get(forged)
        self.assertFalse(self.offer.event_ids.partner_id)

    def test_views_of_a_variant(self):
        variant = self._variant(self.offer, "B")
        self.get(self.personal_link(self.contact, variant))
        event = self.offer.event_ids
        self.assertEqual(event.order_id, variant)
        self.assertEqual(event.partner_id, self.contact)
