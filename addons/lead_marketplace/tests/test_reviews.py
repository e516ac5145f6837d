from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_customer import MarketCustomerCase

TEXT = "They kept every date, and the portrait is just like her."


@tagged("post_install", "-at_install")
class TestReviews(MarketCustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._create_published_request()
        cls.take = cls._open(cls.request, cls.granite_user)

    def _review(self, **changes):
        return self._post(
            self._link(self.request, "/review"),
            {
                "take_id": str(self.take.id),
                "rating": "5",
                "text": TEXT,
                "author_name": "Vera C.",
                **changes,
            },
        )

    def _get_review(self):
        return self.env["lead.market.review"].search([("take_id", "=", self.take.id)])

    def _publish(self):
        review = self._get_review().with_user(self.operator)
        review.action_publish()
        return review

    # === WRITING ===

    def test_review_waits_for_the_operator(self):
        page = self._review()
        self.assertIn("Thank you for your review", self._text(page))
        review = self._get_review()
        self.assertRecordValues(
            review,
            [
                {
                    "state": "draft",
                    "rating": 5,
                    "text": TEXT,
                    "author_name": "Vera C.",
                    "is_verified": False,
                    "workshop_partner_id": self.granite.partner_id.id,
                }
            ],
        )
        self.assertEqual(review.create_uid, self.env.ref("base.user_root"))

    def test_one_review_for_each_workshop(self):
        self._review()
        self._review(rating="3")
        self.assertEqual(self._get_review().rating, 3)
        self.assertEqual(len(self._get_review()), 1)

    def test_only_workshops_that_opened(self):
        other = self._create_published_request(
            self._create_lead(email_from="other@private.example")
        )
        take = self._open(other, self.marble_user)
        page = self._review(take_id=str(take.id))
        self.assertEqual(self.status, 422)
        self.assertIn("Please choose the workshop", self._text(page))
        self.assertFalse(
            self.env["lead.market.review"].search([("take_id", "=", take.id)])
        )

    def test_mistakes_are_shown(self):
        for name, wrong in (("rating", "6"), ("rating", ""), ("text", "Nice.")):
            with self.subTest(name):
                page = self._review(**{name: wrong})
                self.assertEqual(self.status, 422)
                self.assertTrue(page.xpath(f"//*[@id='error_{name}']"))
        self.assertFalse(self._get_review())

    def test_changed_review_is_read_again(self):
        self._declare(self.take, self.granite_user)
        self._review()
        review = self._publish()
        self.assertEqual(self.granite.rating_count, 1)
        self._review(text=TEXT + " But the fence came late.")
        self.assertEqual(review.state, "draft")
        self.assertEqual(self.granite.rating_count, 0)

    def test_sent_twice_stays_published(self):
        self._review()
        review = self._publish()
        self._review()
        self.assertEqual(review.state, "published")

    def test_workshops_own_address_looks_odd(self):
        self.request._get_lead().email_from = self.granite_user.email
        self._review()
        self.assertTrue(self._get_review().conflict)

    # === MODERATION ===

    def test_order_verifies(self):
        self._review()
        self._publish()
        self._post(self._link(self.request, "/done"), {"who": f"take_{self.take.id}"})
        review = self._get_review()
        self.assertFalse(review.is_verified)
        order = self.take.sudo().order_ids
        order.with_user(self.operator).write(
            {"work_done_date": "2026-01-15", "amount_gross": 1000}
        )
        order.with_user(self.operator).action_confirm()
        self.assertTrue(review.is_verified)

    def test_rejecting_needs_a_reason(self):
        self._review()
        review = self._get_review().with_user(self.operator)
        with self.assertRaises(UserError):
            review.action_reject()
        review.reject_reason = "Names of neighbours."
        review.action_reject()
        self.assertEqual(review.state, "rejected")

    def test_workshop_decides_nothing(self):
        self._review()
        review = self._get_review().with_user(self.granite_user)
        for action in ("action_publish", "action_reject", "action_reset"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(review, action)()
        with self.assertRaises(AccessError):
            review.create({"take_id": self.take.id, "rating": 5, "text": TEXT})

    def test_workshops_read_their_own_published_ones(self):
        self._review()
        Review = self.env["lead.market.review"]
        self.assertFalse(Review.with_user(self.granite_user).search([]))
        review = self._publish()
        self.assertEqual(Review.with_user(self.granite_user).search([]).ids, review.ids)
        self.assertFalse(Review.with_user(self.marble_user).search([]))
        for name in ("take_id", "workshop_id", "conflict", "reject_reason"):
            with self.subTest(name), self.assertRaises(AccessError):
                review.with_user(self.granite_user).read([name])

    # === REPLY ===

    def test_workshop_replies(self):
        self._review()
        review = self._publish()
        self.authenticate("market_granite", "market_granite")
        page = self._get("/my/market/reviews")
        self.assertIn(TEXT, self._text(page))
        page = self._post(
            f"/my/market/review/{review.id}/reply", {"reply": "Thank you, Vera!"}
        )
        self.assertIn("Your reply is saved", self._text(page))
        self.assertEqual(review.reply, "Thank you, Vera!")

    def test_rivals_do_not_reply(self):
        self._review()
        review = self._publish()
        self.authenticate("market_marble", "market_marble")
        self.assertNotIn(TEXT, self._text(self._get("/my/market/reviews")))
        self._post(f"/my/market/review/{review.id}/reply", {"reply": "Liars!"})
        self.assertFalse(review.reply)

    def test_daily_mail_is_switched_off(self):
        self.authenticate("market_granite", "market_granite")
        self._post("/my/market/notices", {})
        self.assertFalse(self.granite.wants_digest)
        self.assertTrue(self.marble.wants_digest)
        self._post("/my/market/notices", {"wants_digest": "1"})
        self.assertTrue(self.granite.wants_digest)
