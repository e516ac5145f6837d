from lxml import html

from odoo.tests import tagged

from .common_page import PageCase


@tagged("post_install", "-at_install")
class TestMyRfqs(PageCase):
    """Requests on the pages of their customer, who has a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.design.allow_upload = True
        cls.rfq = cls._send(
            {"width": 1800},
            message="A table, drawn by hand.",
            uploads=[("sketch.txt", b"It has four legs")],
        )
        cls.rfq.sudo()._make_files()
        cls.rfq_url = f"/my/rfqs/{cls.rfq.id}"

    def setUp(self):
        super().setUp()
        self.authenticate("rfq_portal", "rfq_portal")

    def act(self, step, request=None, **data):
        """Press a button of the page, and return the page that follows."""
        url = f"/my/rfqs/{(request or self.rfq).id}"
        answer = self.post(f"{url}/{step}", data)
        self.assertEqual(answer.status_code, 303, answer.text[-500:])
        return self.get(answer.headers["Location"])[0]

    def open_forms(self, page):
        """Return where the forms of a page go."""
        return [
            one.get("action").partition("?")[0].rpartition("/")[2]
            for one in page.xpath("//main//form[@method='post']")
        ]

    def test_home(self):
        answer = self.call_counters()
        self.assertEqual(answer, 1)
        page, _answer = self.get("/my/home")
        self.assertTrue(page.xpath("//a[@href='/my/rfqs']"))

    def call_counters(self):
        self.env.flush_all()
        answer = self.url_open(
            "/my/counters", json={"params": {"counters": ["rfq_request_count"]}}
        )
        return answer.json()["result"]["rfq_request_count"]

    def test_list(self):
        page, answer = self.get("/my/rfqs")
        self.assertEqual(answer.status_code, 200)
        text = self.text(page)
        self.assertIn(f"{self.rfq.name} Table", text)
        self.assertIn("Sent", text)
        self.assertTrue(page.xpath(f"//a[@href='{self.rfq_url}']"))
        self.authenticate("rfq_stranger", "rfq_stranger")
        page, _answer = self.get("/my/rfqs")
        self.assertIn("You have not asked for a quotation", self.text(page))

    def test_list_has_pages(self):
        for _number in range(20):
            self._send()
        page, _answer = self.get("/my/rfqs")
        self.assertEqual(len(page.xpath("//main//tbody/tr")), 20)
        page, _answer = self.get("/my/rfqs/page/2")
        self.assertEqual(len(page.xpath("//main//tbody/tr")), 1)
        self.assertIn(self.rfq.name, self.text(page))

    def test_employees_without_requests(self):
        """Who has no right to requests has none, and no error page either."""
        self._create_employee()
        self.authenticate("rfq_employee", "rfq_employee")
        page, answer = self.get("/my/rfqs")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("You have not asked for a quotation", self.text(page))
        self.assertEqual(self.call_counters(), 0)

    def _create_employee(self):
        self.env["res.users"].with_context(no_reset_password=True).create(
            {"name": "Eve", "login": "rfq_employee", "password": "rfq_employee"}
        )

    def test_page(self):
        page, answer = self.get(self.rfq_url)
        self.assertEqual(answer.status_code, 200)
        text = self.text(page)
        self.assertIn("A table, drawn by hand.", text)
        self.assertIn("Width 1,800 mm instead of 1,600 mm", text)
        self.assertIn(f"kept until {self.rfq.purge_after:%m/%d/%Y}", text)
        self.assertEqual(self.open_forms(page), ["reply", "cancel"])
        self.assertTrue(page.xpath("//*[@data-model]"))

    def test_price(self):
        """Who was shown a price finds it again, as long as customers may know it."""
        self.design.write({"price_formula": "width / 2", "price_display": "indicative"})
        self.design.action_publish()
        rfq = self._send({"width": 1800})
        page, _answer = self.get(f"/my/rfqs/{rfq.id}")
        self.assertRegex(self.text(page), r"Indicative price for one \D*900\.00")
        self.design.price_display = "hidden"
        page, _answer = self.get(f"/my/rfqs/{rfq.id}")
        self.assertNotIn("900.00", self.text(page))

    def test_largest_quantity(self):
        rfq = self._send(quantity="1000000")
        page, _answer = self.get(f"/my/rfqs/{rfq.id}")
        self.assertIn("Quantity 1,000,000", self.text(page))

    def test_files(self):
        page, _answer = self.get(self.rfq_url)
        links = page.xpath("//main//p[@aria-label='Files']/a/@href")
        self.assertEqual(
            [link.rpartition("/")[2] for link in links],
            [
                kind
                for kind in ("model_glb", "model_stl", "data_json", "data_xml")
                if self.rfq.sudo()[kind]
            ],
        )
        self.assertIn(f"{self.rfq_url}/file/data_json", links)
        for link in links:
            answer = self.url_open(link)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("attachment", answer.headers["Content-Disposition"])
        answer = self.url_open(f"{self.rfq_url}/file/data_json")
        self.assertEqual(answer.json()["id"], self.rfq.name)
        self.assertEqual(self.url_open(f"{self.rfq_url}/file/design").status_code, 404)

    def test_step(self):
        """A model that no browser shows is there to download, before the job ran."""
        rfq = self._send(design=self._create_step_design(), user=self.portal_user)
        page, _answer = self.get(f"/my/rfqs/{rfq.id}")
        self.assertIn("a STEP file, which browsers can't show", self.text(page))
        self.assertFalse(page.xpath("//*[@data-model]"))
        (link,) = page.xpath("//main//a[contains(., 'STEP')]/@href")
        answer = self.url_open(link)
        self.assertEqual(answer.content, self.STEP)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.authenticate(None, None)
        self.assertNotEqual(self.url_open(link).content, self.STEP)

    def test_files_of_messages(self):
        """What was sent along stands in the conversation."""
        page, _answer = self.get(self.rfq_url)
        self.assertIn("Files of the request sketch.txt", self.text(page))

    def test_removed(self):
        """The old link says that it is gone and when; the list has it no more."""
        token = self.rfq.sudo().access_token
        self.rfq.with_user(self.manager).sudo(False)._purge_now("Wanted by Bea")
        for path in ("", "/file/data_json", "/file/model_glb", "/file/design"):
            with self.subTest(path):
                page, answer = self.get(f"{self.rfq_url}{path}?access_token={token}")
                self.assertEqual(answer.status_code, 410)
                self.assertIn("This request was removed", self.text(page))
                self.assertNotIn("drawn by hand", answer.text)
        for step in ("reply", "accept", "cancel"):
            data = {"access_token": token, "message": "Hello?"}
            answer = self.post(f"{self.rfq_url}/{step}", data)
            self.assertEqual(answer.status_code, 410)
            self.assertIn("This request was removed", answer.text)
        for query in ("", "?access_token=x"):
            answer = self.url_open(f"{self.rfq_url}{query}", allow_redirects=False)
            self.assertTrue(answer.headers["Location"].endswith("/my"))
        page, _answer = self.get("/my/rfqs")
        self.assertIn("You have not asked for a quotation", self.text(page))
        self.assertEqual(self.call_counters(), 0)

    def test_reply(self):
        page = self.act("reply", message="It is for\n<b>our</b> shop.")
        self.assertIn("Your message was sent.", self.text(page))
        self.assertIn("Bea Blum", self.text(page))
        self.assertIn("It is for <b>our</b> shop.", self.text(page))
        answer = self.post(
            f"{self.rfq_url}/reply",
            {"message": "A plan"},
            files={"files": ("plan.txt", b"Two by three", "text/plain")},
        )
        page, _answer = self.get(answer.headers["Location"])
        self.assertIn("A plan plan.txt", self.text(page))
        sent = self.rfq._get_conversation().attachment_ids
        self.assertEqual(sent.mapped("raw"), [b"It has four legs", b"Two by three"])

    def test_reply_that_is_refused(self):
        """What is wrong is said, and nothing that was typed is lost."""
        for data, files, problem in (
            ({"message": " "}, None, "Please write something."),
            (
                {"message": "Keep this"},
                {"files": ("a.html", b"<html><script>1</script>", "text/html")},
                "be attached",
            ),
            ({"message": "Too long" + "x" * 10_000}, None, "too long"),
        ):
            with self.subTest(problem):
                answer = self.post(f"{self.rfq_url}/reply", data, files=files)
                self.assertEqual(answer.status_code, 422)
                page = html.fromstring(answer.content)
                self.assertIn(problem, self.text(page))
                typed = page.xpath("//textarea[@name='message']")[0].text or ""
                self.assertEqual(typed.strip(), data["message"].strip())
        self.assertEqual(len(self.rfq._get_conversation()), 1)

    def test_accept_a_proposal(self):
        proposal = self.rfq._counter({"width": 1900}, "A little longer?")
        page, _answer = self.get(self.rfq_url)
        self.assertIn("A little longer?", self.text(page))
        (link,) = page.xpath("//a[contains(., 'See the proposal')]/@href")
        page, _answer = self.get(link)
        self.assertIn("Width 1,900 mm", self.text(page))
        self.assertEqual(self.open_forms(page), ["accept", "cancel"])
        for _twice in range(2):
            page = self.act("accept", proposal)
            self.assertIn("Thank you! Your request was sent.", self.text(page))
        self.assertEqual(proposal.state, "submitted")
        self.assertEqual(self.rfq.state, "cancelled")
        page, _answer = self.get(self.rfq_url)
        self.assertIn("Cancelled", self.text(page))
        self.assertEqual(self.open_forms(page), [])

    def test_accept_what_is_no_proposal(self):
        answer = self.post(f"{self.rfq_url}/accept")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("is now “New”", answer.text)

    def test_cancel(self):
        for _twice in range(2):
            page = self.act("cancel")
            self.assertIn("Nothing was ordered.", self.text(page))
        self.assertEqual(self.rfq.state, "cancelled")
        self.assertFalse(self.rfq.activity_ids)
        self.assertEqual(self.open_forms(page), [])
        said = self.rfq._get_conversation()
        self.assertEqual(len(said), 2)
        self.assertIn("was cancelled", said[-1].body)

    def test_reply_and_cancel_from_one_page(self):
        """After the reply, the customer goes back in the browser and cancels."""
        page, _answer = self.get(self.rfq_url)
        forms = page.xpath("//main//form[@method='post']")
        fields = {}
        for form in forms:
            fields |= {one.get("name"): one.value for one in form.xpath(".//input")}
        key = fields["idempotency_key"]
        self.act("reply", message="No, thanks.", idempotency_key=key)
        self.act("cancel", idempotency_key=key)
        self.assertEqual(self.rfq.state, "cancelled")

    def test_quoted(self):
        order = self.env["sale.order"].browse(
            self.rfq.action_create_quotation()["res_id"]
        )
        page, _answer = self.get(self.rfq_url)
        self.assertNotIn(order.name, self.text(page))
        order.action_quotation_sent()
        page, _answer = self.get(self.rfq_url)
        self.assertIn("Our offer is ready", self.text(page))
        (link,) = page.xpath("//a[contains(., 'See the offer')]/@href")
        page, answer = self.get(link)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Width: 1,800 mm", answer.text)
        answer = self.post(f"{self.rfq_url}/cancel")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("is now “Quoted”", answer.text)
