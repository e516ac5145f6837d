from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged

from .common import OfferHttpCase


@tagged("post_install", "-at_install")
class TestReplyPage(OfferHttpCase):
    """What a customer meets on the portal, without JavaScript."""

    def test_answer_and_confirm(self):
        """Yes, Unsure and No: the order is confirmed with what was taken."""
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self.authenticate("offer_portal", "offer_portal")
        page = self._answer(order, {room: "yes", dinner: "unsure", bus: "no"})
        self.assertIn("Thank you, your reply has been sent", self._text(page))
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.offer_status, "accepted")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [4, 0, 0])
        self.assertEqual(order.order_line.mapped("offer_qty"), [0, 10, 1])
        self.assertEqual(order.amount_total, 448)
        self.assertEqual(room.offer_answer_by_id, self.contact)
        history = order.offer_history_ids[0]
        self.assertEqual(history.kind, "reply")
        self.assertEqual(history.partner_verified, "login")
        self.assertEqual(history.partner_id, self.contact)

    def test_page_asks_each_line_with_labels(self):
        """Each line has three labelled radio buttons, and no quantity box."""
        order = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        page = self._get_page(order)
        groups = page.xpath("//fieldset[contains(@class, 'o_offer_answer')]")
        self.assertEqual(len(groups), 3)
        for line, group in zip(order.order_line, groups, strict=True):
            self.assertIn(line.name, group.xpath("./legend")[0].text_content())
            radios = group.xpath(".//input[@type='radio']")
            self.assertEqual([r.get("value") for r in radios], ["yes", "unsure", "no"])
            labels = [
                group.xpath(f".//label[@for='{radio.get('id')}']")[0].text_content()
                for radio in radios
            ]
            self.assertEqual(
                [label.strip() for label in labels], ["Yes", "Unsure", "No"]
            )
        self.assertFalse(page.xpath("//input[contains(@class, 'js_quantity')]"))

    def test_unsure_can_be_switched_off(self):
        order = self._create_sent_offer(offer_allow_unsure=False)
        self.authenticate("offer_portal", "offer_portal")
        page = self._get_page(order)
        self.assertFalse(page.xpath("//input[@value='unsure']"))

    # === ERRORS KEEP EVERYTHING ===

    def test_incomplete_reply_keeps_every_entry(self):
        """The page comes back with all entries, and the message at its line."""
        order = self._create_sent_offer(note="<p>Our terms</p>")
        room, dinner, bus = order.order_line
        self.authenticate("offer_portal", "offer_portal")
        page = self._answer(
            order,
            {room: "yes", dinner: "no"},
            message="See you soon",
            **{f"comment_{dinner.id}": "No fish, please"},
        )
        notice = self._text(page)
        self.assertIn("Your reply was not sent yet", notice)
        self.assertIn("One line has no answer yet", notice)
        self.assertIn("accept the terms", notice)
        entries = self._read_form(page)
        self.assertEqual(entries[f"answer_{room.id}"], "yes")
        self.assertEqual(entries[f"answer_{dinner.id}"], "no")
        self.assertNotIn(f"answer_{bus.id}", entries)
        self.assertEqual(entries[f"comment_{dinner.id}"], "No fish, please")
        self.assertEqual(entries["message"], "See you soon")
        at_line = page.xpath(f"//*[@id='offer_line_{bus.id}']")[0].text_content()
        self.assertIn("Please answer this line", at_line)
        self.assertFalse(room.offer_answer)

    def test_too_long_comment_is_kept(self):
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self.authenticate("offer_portal", "offer_portal")
        text = "x" * 10001
        page = self._answer(
            order, "yes", message=text, **{f"comment_{room.id}": "y" * 2001}
        )
        self.assertIn("too long", self._text(page))
        entries = self._read_form(page)
        self.assertEqual(len(entries["message"]), 10001)
        self.assertEqual(len(entries[f"comment_{room.id}"]), 2001)
        self.assertEqual(order.state, "sent")

    def test_changed_meanwhile_shows_old_and_new(self):
        """Answers to lines that stayed the same are kept, the others are shown."""
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self.authenticate("offer_portal", "offer_portal")
        form = self._read_form(self._get_page(order))
        dinner.with_user(self.salesman).write({"price_unit": 60})
        bus.with_user(self.salesman).unlink()
        form.update({f"answer_{line}": "yes" for line in (room.id, dinner.id, bus.id)})
        page = self._follow(self._send_form(order, form))
        self.assertIn("changed or answered while you had it open", self._text(page))
        self.assertIn("1 of the lines that you saw", self._text(page))
        entries = self._read_form(page)
        self.assertEqual(entries[f"answer_{room.id}"], "yes")
        self.assertNotIn(f"answer_{dinner.id}", entries)
        row = page.xpath(f"//*[@id='offer_line_{dinner.id}']/..")[0]
        self.assertIn("50.00", row.xpath(".//del")[0].text_content())
        self.assertIn("60.00", row.xpath(".//ins")[0].text_content())
        self.assertFalse(room.offer_answer)

    def test_answered_by_a_colleague_meanwhile(self):
        order = self._create_sent_offer(require_signature=True)
        self.authenticate("offer_portal", "offer_portal")
        form = self._read_form(self._get_page(order))
        self._reply(order, "no", self._identity(self.colleague_user.partner_id))
        form.update({f"answer_{line.id}": "yes" for line in order.order_line})
        page = self._follow(self._send_form(order, form))
        self.assertIn("changed or answered", self._text(page))
        self.assertEqual(set(order.order_line.mapped("offer_answer")), {"no"})
        self.assertIn("Ola Colleague", page.text_content())

    def test_expires_while_the_page_is_open(self):
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self.authenticate("offer_portal", "offer_portal")
        form = self._read_form(self._get_page(order))
        order.validity_date = fields.Date.today() - timedelta(days=1)
        form.update({f"answer_{line.id}": "yes" for line in order.order_line})
        page = self._follow(self._send_form(order, form))
        self.assertIn("expired", self._text(page))
        self.assertEqual(order.state, "sent")
        # the manager extends the offer: everything is still there
        order.validity_date = fields.Date.today() + timedelta(days=3)
        entries = self._read_form(self._get_page(order))
        self.assertEqual(entries[f"answer_{room.id}"], "yes")

    def test_malformed_forms_change_nothing(self):
        order = self._create_sent_offer()
        room = order.order_line[0]
        self.authenticate("offer_portal", "offer_portal")
        form = self._read_form(self._get_page(order))
        form |= {f"answer_{line.id}": "yes" for line in order.order_line}
        broken = [
            {**form, f"answer_{room.id}": ["yes", "no"]},
            {**form, "answer_1x": "yes"},
            {**form, "answer_-5": "yes"},
            {**form, "idempotency_key": "short"},
            {**form, "revision": "é"},
            {**form, "revision": "9" * 40},
            {**form, f"answer_{room.id}": "YES"},
            {**form, f"comment_{room.id}": "\x00"} | {f"answer_{room.id}": "\x00"},
        ]
        for data in broken:
            response = self._send_form(order, data)
            self.assertEqual(response.status_code, 303)
            self.assertIn("not sent", self._text(self._follow(response)))
        self.assertFalse(any(order.order_line.mapped("offer_answer")))
        self.assertEqual(order.state, "sent")

    def test_form_without_csrf_token_is_refused(self):
        order = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        form = self._read_form(self._get_page(order))
        form |= {f"answer_{line.id}": "yes" for line in order.order_line}
        del form["csrf_token"]
        with self.assertLogs("odoo.http", "WARNING"):
            self.assertEqual(self._send_form(order, form).status_code, 400)
        self.assertEqual(order.state, "sent")

    def test_same_form_twice_is_one_reply(self):
        order = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        form = self._read_form(self._get_page(order))
        form |= {f"answer_{line.id}": "yes" for line in order.order_line}
        for _press in range(3):
            page = self._follow(self._send_form(order, form))
            self.assertIn("Thank you", self._text(page))
        self.assertEqual(len(order.offer_history_ids.filtered(lambda h: h.number)), 2)

    # === WHO ===

    def test_reading_answers_nothing(self):
        """Mail scanners follow links: a GET or HEAD is never an answer."""
        order = self._create_sent_offer()
        query = "".join(f"&answer_{line.id}=yes" for line in order.order_line)
        url = f"/my/orders/{order.id}/offer/reply?access_token={order.access_token}"
        for method in ("GET", "HEAD"):
            response = self.url_open(
                url + query, method=method, headers={"Odoo-Link-Preview": "True"}
            )
            self.assertEqual(response.status_code, 405)
        self.assertEqual(order.state, "sent")

    def test_visitor_with_the_link_gives_a_name(self):
        order = self._create_sent_offer()
        self.authenticate(None, None)
        link = {"access_token": order.access_token}
        page = self._answer(order, "yes", link)
        self.assertIn("Please enter your name", self._text(page))
        page = self._answer(
            order, "yes", link, name="Per Visitor", email="per@x.example"
        )
        self.assertIn("Thank you", self._text(page))
        history = order.offer_history_ids[0]
        self.assertEqual(history.partner_verified, "typed")
        self.assertFalse(history.partner_id)
        self.assertEqual(
            (history.name_typed, history.email_typed), ("Per Visitor", "per@x.example")
        )
        self.assertTrue(
            any(
                "not logged in" in (body or "")
                for body in order.message_ids.mapped("body")
            )
        )

    def test_personal_link_names_the_contact(self):
        order = self._create_sent_offer()
        colleague = self.colleague_user.partner_id
        self.authenticate(None, None)
        link = {
            "access_token": order.access_token,
            "pid": colleague.id,
            "hash": order._sign_token(colleague.id),
        }
        self._answer(order, "yes", link)
        self.assertEqual(order.offer_history_ids[0].partner_id, colleague)
        self.assertEqual(order.offer_history_ids[0].partner_verified, "hash")

    def test_forged_personal_link_names_nobody(self):
        order = self._create_sent_offer()
        colleague = self.colleague_user.partner_id
        stranger = self.stranger_user.partner_id
        self.authenticate(None, None)
        for partner, signature in (
            (colleague, order._sign_token(stranger.id)),
            (stranger, order._sign_token(stranger.id)),
            (colleague, "é"),
        ):
            page = self._get_page(
                order,
                access_token=order.access_token,
                pid=partner.id,
                hash=signature,
            )
            self.assertTrue(page.xpath("//input[@id='o_offer_name']"))

    def test_login_mode_asks_for_a_login(self):
        """A known contact logs in, a new one chooses a password, both land there."""
        self.company.offer_access_mode = "login"
        order = self._create_sent_offer()
        newcomer = self.env["res.partner"].create(
            {"name": "New", "email": "new@c.example", "parent_id": self.customer.id}
        )
        self.authenticate(None, None)
        for partner, target in (
            (self.contact, "/web/login"),
            (newcomer, "/web/signup"),
        ):
            url = self._url(
                order,
                access_token=order.access_token,
                pid=partner.id,
                hash=order._sign_token(partner.id),
            )
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303)
            location = response.headers["Location"]
            self.assertIn(target, location)
            self.assertIn(f"%2Fmy%2Forders%2F{order.id}", location)
        response = self.url_open(
            self._url(order, "/offer/history/1", access_token=order.access_token),
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 303)

    def test_strangers_get_nothing_in_login_mode(self):
        self.company.offer_access_mode = "login"
        order = self._create_sent_offer()
        self.authenticate("offer_stranger", "offer_stranger")
        response = self.url_open(
            self._url(order, access_token=order.access_token), allow_redirects=False
        )
        self.assertEqual(response.headers["Location"].rstrip("/")[-3:], "/my")

    def test_offer_limited_to_its_contacts(self):
        order = self._create_sent_offer(
            offer_contact_ids=self.contact.ids, offer_limit_to_contacts=True
        )
        self.authenticate("offer_colleague", "offer_colleague")
        response = self.url_open(self._url(order), allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertNotIn(order.name, self.url_open("/my/quotes").text)
        self.assertNotIn(order.name, self.url_open("/my/offers").text)
        self.authenticate("offer_portal", "offer_portal")
        self.assertEqual(self.url_open(self._url(order)).status_code, 200)
        self.assertIn(order.name, self.url_open("/my/quotes").text)
        self.assertIn(order.name, self.url_open("/my/offers").text)

    def test_answer_on_behalf(self):
        """The seller answers on the customer's page; it is recorded as such."""
        order = self._create_sent_offer()
        self.authenticate("offer_salesman", "offer_salesman")
        page = self._get_page(order)
        self.assertIn("on behalf of the customer", self._text(page))
        self._answer(order, "yes")
        history = order.offer_history_ids[0]
        self.assertEqual((history.kind, history.user_id), ("on_behalf", self.salesman))

    def test_employee_without_rights_can_only_look(self):
        order = self._create_sent_offer()
        self.authenticate("offer_employee", "offer_employee")
        page = self._get_page(order, access_token=order.access_token)
        self.assertFalse(page.xpath("//form[@id='o_offer_form']"))
        self.authenticate("offer_portal", "offer_portal")
        form = self._read_form(self._get_page(order))
        self.authenticate("offer_employee", "offer_employee")
        form["access_token"] = order.access_token
        form["csrf_token"] = self.csrf_token()
        form |= {f"answer_{line.id}": "yes" for line in order.order_line}
        self._send_form(order, form)
        self.assertEqual(order.state, "sent")

    # === AFTERWARDS ===

    def test_seller_is_told_in_its_own_language(self):
        self.env["res.lang"]._activate_lang("nb_NO")
        self.salesman.lang = "nb_NO"
        order = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        page = self._answer(order, "no")
        self.assertIn("Thank you", self._text(page))
        norwegian_env = self.env(context={"lang": "nb_NO"})
        summary = norwegian_env._("The customer answered No to everything")
        self.assertEqual(order.activity_ids.summary, summary)
        self.assertNotEqual(summary, "The customer answered No to everything")

    def test_reply_leads_into_signing(self):
        order = self._create_sent_offer(require_signature=True)
        self.authenticate("offer_portal", "offer_portal")
        page = self._get_page(order)
        self.assertFalse(page.xpath("//form[@id='accept']"))
        page = self._answer(order, "yes")
        self.assertIn("please sign", self._text(page))
        self.assertTrue(page.xpath("//form[@id='accept']"))
        self.assertEqual(order.state, "sent")

    def test_unsure_lines_stay_on_the_page_of_a_confirmed_order(self):
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self.authenticate("offer_portal", "offer_portal")
        page = self._answer(order, {room: "yes", dinner: "unsure", bus: "no"})
        self.assertIn("stay open", self._text(page))
        (held,) = page.xpath("//p[@class='o_offer_held']")
        self.assertEqual(
            " ".join(held.text_content().split()), "Offered: 10.00 Units, $ 500.00"
        )
        entries = self._read_form(page)
        self.assertEqual(entries[f"answer_{dinner.id}"], "unsure")
        self.assertNotIn(f"answer_{room.id}", entries)
        self._answer(order, {dinner: "yes"})
        self.assertEqual(dinner.product_uom_qty, 10)

    def test_hidden_line_is_nowhere(self):
        order = self._create_sent_offer()
        order.order_line[2].offer_published = False
        self.authenticate("offer_portal", "offer_portal")
        self.assertNotIn("Bus transfer", self.url_open(self._url(order)).text)

    def test_history_document_of_another_order(self):
        order, other = self._create_sent_offer(), self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        own = self.url_open(
            self._url(order, f"/offer/history/{order.offer_history_ids.id}")
        )
        self.assertEqual(own.status_code, 200)
        self.assertIn("Double room", own.text)
        foreign = self.url_open(
            self._url(order, f"/offer/history/{other.offer_history_ids.id}")
        )
        self.assertEqual(foreign.status_code, 404)

    def test_totals_while_choosing(self):
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self.authenticate("offer_portal", "offer_portal")
        result = self.make_jsonrpc_request(
            self._url(order, "/offer/totals"),
            {"answers": {room.id: "yes", dinner.id: "no", "x": "yes", "1": ["yes"]}},
        )
        totals = {row["answer"]: row for row in result["totals"]}
        self.assertEqual([totals[a]["count"] for a in ("yes", "no", "open")], [1, 1, 1])
        self.assertIn("448.00", totals["yes"]["total"])
        self.assertFalse(room.offer_answer)

    def test_order_without_reply_is_as_odoo_made_it(self):
        order = self._create_sent_offer(offer_reply_enabled=False)
        self.authenticate("offer_portal", "offer_portal")
        page = self._get_page(order)
        self.assertFalse(page.xpath("//*[contains(@class, 'o_offer')]"))
        response = self.url_open(
            self._url(order, "/offer/reply"),
            data={"csrf_token": self.csrf_token()},
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 303)
        self.assertEqual(order.state, "sent")


@tagged("post_install", "-at_install")
class TestOfferList(OfferHttpCase):
    """The customer's page of offers."""

    def test_offers_of_several_sellers(self):
        """Grouped by company, each with its own welcome and picture."""
        sister = self.env["res.company"].create({"name": "Sister Events"})
        pixel = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
            b"WjR9awAAAABJRU5ErkJggg=="
        )
        self.company.offer_portal_message = "<p>Welcome to us</p>"
        sister.write(
            {
                "offer_portal_message": "<p>Welcome to her</p>",
                "offer_portal_image": pixel,
            }
        )
        order = self._create_sent_offer()
        other = self.env["sale.order"].create(
            {"partner_id": self.contact.id, "company_id": sister.id, "state": "sent"}
        )
        self.authenticate("offer_portal", "offer_portal")
        page = html.fromstring(self.url_open("/my/offers").content)
        groups = page.xpath("//section[contains(@class, 'o_offer_company')]")
        self.assertEqual(len(groups), 2)
        by_name = {group.xpath(".//h2")[0].text_content(): group for group in groups}
        ours, hers = by_name[self.company.name], by_name["Sister Events"]
        self.assertIn("Welcome to us", ours.text_content())
        self.assertIn(order.name, ours.text_content())
        self.assertIn("Waiting for your answer", ours.text_content())
        self.assertIn("Welcome to her", hers.text_content())
        self.assertIn(other.name, hers.text_content())
        banner = self.url_open(hers.xpath(".//img/@src")[0])
        self.assertEqual(banner.headers["Content-Type"], "image/png")

    def test_list_shows_nothing_of_others(self):
        order = self._create_sent_offer()
        draft = self._create_offer()
        self.authenticate("offer_portal", "offer_portal")
        text = self.url_open("/my/offers").text
        self.assertIn(order.name, text)
        self.assertNotIn(draft.name, text)
        self.authenticate("offer_stranger", "offer_stranger")
        self.assertNotIn(order.name, self.url_open("/my/offers").text)
        banner = self.url_open(f"/my/offers/banner/{self.company.id}")
        self.assertEqual(banner.status_code, 404)

    def test_filters_and_pages(self):
        waiting = self._create_sent_offer()
        accepted = self._create_sent_offer()
        self._reply(accepted, "yes")
        self.authenticate("offer_portal", "offer_portal")
        text = self.url_open("/my/offers?filterby=accepted").text
        self.assertIn(accepted.name, text)
        self.assertNotIn(waiting.name, text)
        for junk in ("?filterby=zzz", "/page/0", "/page/99999", "?filterby=é"):
            self.assertEqual(self.url_open("/my/offers" + junk).status_code, 200)

    def test_contact_from_elsewhere_sees_the_offer(self):
        """Somebody invited to one offer finds it in the list."""
        order = self._create_sent_offer(
            offer_contact_ids=self.stranger_user.partner_id.ids
        )
        self.authenticate("offer_stranger", "offer_stranger")
        page = html.fromstring(self.url_open("/my/offers").content)
        link = page.xpath(f"//a[normalize-space()='{order.name}']/@href")[0]
        self.assertEqual(self.url_open(link).status_code, 200)

    def test_home_counts_what_waits(self):
        self._create_sent_offer()
        self._reply(self._create_sent_offer(), "yes")
        self.authenticate("offer_portal", "offer_portal")
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["offer_count"]}
        )
        self.assertEqual(counters["offer_count"], 1)


@tagged("post_install", "-at_install")
class TestConversation(OfferHttpCase):
    """The conversation below the offer is as open as the offer itself."""

    def _read_conversation(self, order, **link):
        result = self.url_open(
            "/mail/chatter_fetch",
            json={
                "params": {"thread_model": "sale.order", "thread_id": order.id, **link}
            },
        ).json()
        return str(result.get("result", {}).get("data", ""))

    def test_token_opens_it_in_link_mode_only(self):
        order = self._create_sent_offer()
        order.message_post(
            body="About your rooms",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.authenticate(None, None)
        link = {"token": order.access_token}
        self.assertIn("About your rooms", self._read_conversation(order, **link))
        self.company.offer_access_mode = "login"
        self.assertNotIn("About your rooms", self._read_conversation(order, **link))
        self.authenticate("offer_portal", "offer_portal")
        self.assertIn("About your rooms", self._read_conversation(order, **link))
