from odoo.tests import tagged

from .common_page import PageCase


@tagged("post_install", "-at_install")
class TestRequestFiles(PageCase):
    """What customer and seller sent each other, to be had on the request's page."""

    def setUp(self):
        super().setUp()
        self.design.allow_upload = True
        self.place = self._send_sketch()
        self.rfq = self.requests()

    def _send_sketch(self):
        """Send a request with a file; returns the address of its page."""
        answer = self.post(
            f"{self.url}/submit",
            self.form(),
            files={"files": ("sketch.txt", b"A sketch", "text/plain")},
        )
        return answer.headers["Location"]

    def _get_file(self, file, rfq=None):
        """Return the answer to who has the link of a request."""
        rfq = rfq or self.rfq
        token = rfq.access_token
        _page, answer = self.get(
            f"/my/rfqs/{rfq.id}/file/{file.id}?access_token={token}"
        )
        return answer

    def test_sent_files_are_on_the_page(self):
        page, _answer = self.get(self.place)
        [link] = page.xpath("//a[contains(., 'sketch.txt')]/@href")
        answer = self.url_open(link)
        self.assertEqual(answer.content, b"A sketch")
        self.assertIn("attachment", answer.headers["Content-Disposition"])

    def test_only_for_those_who_see_the_request(self):
        page, _answer = self.get(self.place)
        [link] = page.xpath("//a[contains(., 'sketch.txt')]/@href")
        without_token = link.split("?")[0]
        self.assertNotIn(b"A sketch", self.url_open(without_token).content)
        self.authenticate("rfq_stranger", "rfq_stranger")
        self.assertNotIn(b"A sketch", self.url_open(without_token).content)

    def test_notes_are_the_seller_s(self):
        note = self.rfq.message_post(
            body="What it costs us",
            subtype_xmlid="mail.mt_note",
            attachments=[("costs.txt", b"Our costs")],
        )
        page, _answer = self.get(self.place)
        self.assertNotIn("costs.txt", self.text(page))
        self.assertEqual(self._get_file(note.attachment_ids).status_code, 404)

    def test_files_of_another_request(self):
        file = self.rfq._get_conversation().attachment_ids
        self._send_sketch()
        other = self.requests() - self.rfq
        self.assertEqual(self._get_file(file).content, b"A sketch")
        self.assertEqual(self._get_file(file, other).status_code, 404)

    def test_removed_with_the_request(self):
        file = self.rfq._get_conversation().attachment_ids
        token, number = self.rfq.access_token, file.id
        self.rfq._purge("Time is over", self.manager)
        page, answer = self.get(
            f"/my/rfqs/{self.rfq.id}/file/{number}?access_token={token}"
        )
        self.assertEqual(answer.status_code, 410)
        self.assertIn("This request was removed", self.text(page))
