import json
import uuid
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged

from .common_page import PageCase


@tagged("post_install", "-at_install")
class TestConfiguratorPage(PageCase):
    """A design on its page, without a script."""

    def field(self, page, name):
        return page.xpath(f"//*[@name='{name}']")

    def test_page(self):
        page, answer = self.get(self.url)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.text(page, "//h1"), "Table")
        self.assertEqual(self.field(page, "p_width")[0].get("value"), "1600")
        self.assertIn("800 to 2600 mm", self.text(page))
        chosen = page.xpath("//input[@name='p_material'][@checked]/@value")
        self.assertEqual(chosen, ["oak"])
        self.assertIn("Area of the top 1.28 m²", self.text(page))
        self.assertNotIn("Please change", self.text(page, "//div[@id='rfq_errors']"))
        self.assertEqual(answer.headers["X-Robots-Tag"], "noindex, nofollow")

    def test_link_opens_configuration(self):
        page, _answer = self.get(
            f"{self.url}?p_width=2000&p_material=walnut&p_nothing=1&p_shelf=true"
        )
        self.assertEqual(self.field(page, "p_width")[0].get("value"), "2000")
        chosen = page.xpath("//input[@name='p_material'][@checked]/@value")
        self.assertEqual(chosen, ["walnut"])
        self.assertIn("1.6 m²", self.text(page))

    def test_step(self):
        """A model that no browser shows can be downloaded, and asked for."""
        self._create_step_design()
        page, answer = self.get("/rfq/d/test_flange")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("a STEP file, which browsers can't show", self.text(page))
        self.assertFalse(page.xpath("//div[@class='o_rfq_placeholder']/noscript"))
        # Nothing is chosen, so nothing is told of it.
        self.assertTrue(page.xpath("//section[contains(@class, 'd-none')]//noscript"))
        (link,) = page.xpath("//main//a[contains(., 'STEP')]/@href")
        answer = self.url_open(link)
        self.assertEqual(answer.content, self.STEP)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertTrue(page.xpath("//form//button[contains(@class, 'o_rfq_send')]"))

    def test_odd_links(self):
        for query in (
            "p_width=1e400",
            "p_width=NaN",
            "p_width=%F0%9F%A6%84&p_material=%00",
            "p_width=" + "9" * 3000,
            "p_material=<script>alert(1)</script>",
            "p_inscription=%ED%A0%80",
        ):
            with self.subTest(query):
                page, answer = self.get(f"{self.url}?{query}")
                self.assertEqual(answer.status_code, 200)
                self.assertFalse(page.xpath("//main//script"))

    def test_customer_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.design.parameter_ids.filtered(lambda one: one.code == "width").write(
            {"type": "float", "step": 0.5, "decimals": 1}
        )
        self.design.with_user(self.manager).action_publish()
        self.portal_user.lang = "fr_FR"
        self.authenticate("rfq_portal", "rfq_portal")
        page, _answer = self.get(f"{self.url}?p_width=1700.5")
        self.assertEqual(self.field(page, "p_width")[0].get("value"), "1700,5")

    def test_guest_asks(self):
        answer = self.send(
            p_width="2000", p_shelf="true", message="With a <b>drawer</b>"
        )
        request = self.requests()
        self.assertEqual(answer.status_code, 303)
        self.assertIn(f"/my/rfqs/{request.id}?notice=sent", answer.headers["Location"])
        self.assertEqual(request.values["width"], "2000")
        self.assertEqual(request.quantity, 2)
        self.assertEqual(request.contact_email, "gus@guest.example")
        page, _answer = self.get(answer.headers["Location"])
        text = self.text(page)
        self.assertIn("Thank you! Your request was sent.", text)
        # Purchase has pages of the same name.
        trail = page.xpath("//ol[contains(@class, 'o_portal_submenu')]//a/@href")
        self.assertEqual(trail[1:], ["/my/rfqs"])
        self.assertIn("Width 2,000 mm instead of 1,600 mm", text)
        self.assertIn("With a <b>drawer</b>", text)

    def test_sent_twice(self):
        key = str(uuid.uuid4())
        first = self.send(idempotency_key=key)
        second = self.send(idempotency_key=key)
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(len(self.requests()), 1)

    def test_errors_keep_what_was_typed(self):
        answer = self.send(
            p_width="2100",
            p_leg_size="50",
            p_depth="abc",
            message="Keep this",
            quantity="7",
            target_price="1,000",
        )
        self.assertEqual(answer.status_code, 422)
        page = html.fromstring(answer.content)
        text = self.text(page)
        self.assertIn("Nothing was sent yet.", text)
        self.assertIn("Tables wider than 2000 mm need legs of 60 mm.", text)
        self.assertIn("please enter a number", text)
        kept = {
            "p_width": "2100",
            "p_depth": "abc",
            "quantity": "7",
            "target_price": "1,000",
            "contact_name": "Gus Guest",
        }
        for name, value in kept.items():
            self.assertEqual(self.field(page, name)[0].get("value"), value, name)
        self.assertEqual(self.field(page, "message")[0].text, "Keep this")
        self.assertEqual(self.field(page, "p_depth")[0].get("aria-invalid"), "true")
        self.assertFalse(self.requests())

    def test_check_sends_nothing(self):
        answer = self.send(check="1", p_width="2000", quantity="")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("1.6 m²", self.text(html.fromstring(answer.content)))
        self.assertFalse(self.requests())

    def test_hostile_numbers(self):
        for name, value in (
            ("quantity", "0"),
            ("quantity", "-1"),
            ("quantity", "1.5"),
            ("quantity", "NaN"),
            ("quantity", "1e400"),
            ("quantity", "9" * 400),
            ("target_price", "Infinity"),
            ("requested_date", "2026-13-45"),
            ("requested_date", "\ud800"),
            ("contact_email", "nobody"),
            ("contact_name", ""),
            ("p_width", "1e400"),
            ("p_width", "٢٠٠٠"),
            ("message", "x" * 20000),
        ):
            with self.subTest(f"{name}={value[:20]!r}"):
                sent = value.encode("utf-8", "surrogatepass")
                answer = self.send(**{name: sent})
                self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.requests())

    def test_new_version_meanwhile(self):
        old = self.design.current_version_id.sha256
        self.design.test_ids.unlink()
        width = self.design.parameter_ids.filtered(lambda one: one.code == "width")
        width.maximum = 1800
        self.design.with_user(self.manager).action_publish()
        answer = self.send(version_sha=old, p_width="2000", p_depth="900")
        self.assertEqual(answer.status_code, 422)
        page = html.fromstring(answer.content)
        self.assertIn("The design was changed meanwhile", self.text(page))
        self.assertEqual(self.field(page, "p_width")[0].get("value"), "1600")
        self.assertEqual(self.field(page, "p_depth")[0].get("value"), "900")
        self.assertEqual(
            self.field(page, "version_sha")[0].get("value"),
            self.design.current_version_id.sha256,
        )
        self.assertFalse(self.requests())

    def test_closed_between_load_and_sending(self):
        self.design.rfq_enabled = False
        page, _answer = self.get(self.url)
        self.assertIn("takes no requests at the moment", self.text(page))
        self.assertFalse(page.xpath("//button[contains(@class, 'o_rfq_send')]"))
        self.assertEqual(self.send().status_code, 422)
        self.assertFalse(self.requests())

    def test_too_many(self):
        self.company.rfq_max_per_hour = 2
        self.send()
        self.send()
        answer = self.send(message="The third")
        self.assertEqual(answer.status_code, 422)
        text = self.text(html.fromstring(answer.content))
        self.assertIn("Too many requests", text)
        self.assertIn("The third", text)
        self.assertEqual(len(self.requests()), 2)

    def test_uploads(self):
        answer = self.post(
            f"{self.url}/submit",
            self.form(),
            files={"files": ("note.txt", b"not wanted", "text/plain")},
        )
        self.assertEqual(answer.status_code, 303)
        self.design.allow_upload = True
        answer = self.post(
            f"{self.url}/submit",
            self.form(),
            files={"files": ("bad.html", b"<html><script>1</script>", "text/html")},
        )
        self.assertEqual(answer.status_code, 422)
        self.assertIn("be attached", answer.text)
        self.assertEqual(len(self.requests()), 1)


@tagged("post_install", "-at_install")
class TestConfiguratorAccess(PageCase):
    """Who gets to the page of a design."""

    def setUp(self):
        super().setUp()
        self.design.access_mode = "private"

    def assertClosed(self, url):
        page, answer = self.get(url)
        self.assertEqual(answer.status_code, 404)
        self.assertIn("This design is not available", self.text(page, "//body"))

    def test_personal_link(self):
        answer = self.url_open(
            f"{self.url}?token={self.access.token}&p_width=1700", allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(f"{self.url}?p_width=1700"))
        self.assertFalse(self.access.first_seen)
        page, answer = self.get(self.url)
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(self.access.first_seen)
        # The link says who asks.
        self.assertFalse(page.xpath("//input[@name='contact_email']"))
        self.send(contact_name="", contact_email="")
        self.assertEqual(self.requests().partner_id, self.contact)

    def test_unknown_and_private_look_the_same(self):
        self.assertClosed("/rfq/d/nothing_of_this_code")
        self.assertClosed("/rfq/d/%F0%9F%A6%84")
        self.assertClosed(self.url)

    def test_wrong_tokens(self):
        other = self._create_design("bracket", code="test_bracket")
        foreign = self.env["rfq.design.access"].create(
            {"design_id": other.id, "partner_id": self.contact.id}
        )
        other.with_user(self.manager).action_publish()
        for token in (foreign.token, "é", "x" * 200, str(uuid.uuid4())):
            with self.subTest(token[:10]):
                self.assertClosed(f"{self.url}?token={token}")
                self.assertClosed(self.url)

    def test_guessing_is_stopped(self):
        for _number in range(11):
            self.url_open(f"{self.url}?token={uuid.uuid4()}")
        answer = self.url_open(f"{self.url}?token={self.access.token}")
        self.assertEqual(answer.status_code, 429)

    def test_revoked_in_the_middle(self):
        self.get(f"{self.url}?token={self.access.token}")
        self.access.action_revoke()
        self.assertClosed(self.url)
        self.assertEqual(self.send().status_code, 404)
        self.assertIn("error", self.call("definition").json()["result"])
        self.assertFalse(self.requests())

    def test_revoked_while_open_to_everybody(self):
        """Who followed a personal link is refused by it, where others are not."""
        self.design.access_mode = "public"
        self.get(f"{self.url}?token={self.access.token}")
        self.assertIn("definition", self.call("definition").json()["result"])
        self.access.action_revoke()
        self.assertClosed(self.url)
        self.assertIn("error", self.call("definition").json()["result"])
        self.authenticate(None, None)
        self.assertIn("definition", self.call("definition").json()["result"])

    def test_expired(self):
        self.access.expires_on = fields.Date.today() - timedelta(days=2)
        self.assertClosed(f"{self.url}?token={self.access.token}")

    def test_invited_login(self):
        self.authenticate("rfq_portal", "rfq_portal")
        self.assertEqual(self.get(self.url)[1].status_code, 200)
        self.authenticate("rfq_stranger", "rfq_stranger")
        self.assertClosed(self.url)

    def test_link_of_the_design(self):
        self.design.access_mode = "link"
        token = self.design._portal_ensure_token()
        self.assertClosed(self.url)
        page, answer = self.get(f"{self.url}?access_token={token}")
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("token", answer.url)
        self.assertTrue(page.xpath("//input[@name='contact_email']"))


@tagged("post_install", "-at_install")
class TestConfiguratorCalls(PageCase):
    """What the script of the page asks for."""

    def test_definition(self):
        self.design.price_formula = "width * 0.123456"
        self.design.with_user(self.manager).action_publish()
        answer = self.call("definition")
        design = answer.json()["result"]
        self.assertEqual(design["name"], "Table")
        self.assertEqual(design["definition"]["parameters"][0]["code"], "width")
        self.assertIn("recipe", design["definition"])
        self.assertNotIn("0.123456", answer.text)

    def test_evaluate(self):
        result = self.call("evaluate", inputs={"width": 2010, "material": "glass"})
        result = result.json()["result"]
        self.assertFalse(result["valid"])
        self.assertIn(
            "Glass tops are made up to a width of 2000 mm.",
            [issue["message"] for issue in result["issues"]],
        )
        self.assertNotIn("price", result)

    def test_odd_inputs(self):
        for inputs in (
            "NaN",
            "[]",
            "7",
            '{"width": NaN}',
            '{"width": 1e400}',
            '{"width": Infinity, "depth": -Infinity}',
            '{"width": {"a": [1]}}',
            '{"\\ud800": 1, "material": "\\ud800"}',
            '{"width": true, "shelf": "maybe"}',
            json.dumps(dict.fromkeys(map("x{}".format, range(2000)), 1)),
        ):
            with self.subTest(inputs[:40]):
                answer = self.call(
                    "evaluate",
                    f'{{"jsonrpc": "2.0", "params": {{"inputs": {inputs}}}}}',
                )
                self.assertEqual(answer.status_code, 200)
                self.assertIn("valid", answer.json()["result"])

    def test_much_too_long(self):
        body = '{"params": {"inputs": {"width": "%s"}}}' % ("9" * 300_000)
        self.assertNotIn("result", self.call("evaluate", body).json())

    def test_price_only_if_shown(self):
        self.design.write({"price_formula": "width / 2", "price_display": "indicative"})
        self.design.with_user(self.manager).action_publish()
        result = self.call("evaluate", inputs={"width": 2000}).json()["result"]
        self.assertEqual(result["price"]["amount"], 1000)
        page, _answer = self.get(self.url)
        self.assertIn("800.00", self.text(page, "//strong[@class='o_rfq_price']"))
        self.design.price_display = "hidden"
        result = self.call("evaluate", inputs={"width": 2000}).json()["result"]
        self.assertNotIn("price", result)
        page, _answer = self.get(self.url)
        self.assertFalse(page.xpath("//strong[@class='o_rfq_price']"))
        self.assertNotIn("800.00", self.text(page))
