from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

ADDRESS = "192.0.2.7"


@tagged("post_install", "-at_install")
class TestThrottle(TransactionCase):
    """Attempts are counted by who, what and when, and read by nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visitor = cls.env.ref("base.public_user")
        # sudo: as the controllers do, visitors have no access to the counters
        cls.throttle_sudo = cls.env["portal.throttle"].with_user(cls.visitor).sudo()

    def setUp(self):
        super().setUp()
        self.start = fields.Datetime.now().replace(second=30)
        self.startPatcher(freeze_time(self.start))

    def _hit(self, subject=ADDRESS, purpose="token"):
        with self.enter_registry_test_mode():
            return self.throttle_sudo._hit(purpose, subject, 60)

    def test_counted_by_who_and_what(self):
        self.assertEqual([self._hit() for _number in range(3)], [1, 2, 3])
        self.assertEqual(self._hit("192.0.2.8"), 1)
        self.assertEqual(self._hit(purpose="post"), 1)
        self.assertEqual(self.throttle_sudo._count("token", ADDRESS, 60), 3)

    def test_the_window_ends(self):
        self._hit()
        with freeze_time(self.start + timedelta(minutes=1)):
            self.assertEqual(self.throttle_sudo._count("token", ADDRESS, 60), 0)
            self.assertEqual(self._hit(), 1)

    def test_addresses_are_not_kept(self):
        self._hit()
        self.assertNotIn(ADDRESS, str(self.throttle_sudo.search([]).read(["key"])))

    def test_forgotten_after_a_day(self):
        self._hit()
        self.throttle_sudo._gc_attempts()
        self.assertEqual(self.throttle_sudo._count("token", ADDRESS, 60), 1)
        with freeze_time(self.start + timedelta(days=1, minutes=1)):
            self.throttle_sudo._gc_attempts()
        self.assertEqual(self.throttle_sudo._count("token", ADDRESS, 60), 0)

    def test_access(self):
        self._hit()
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        portal = new_test_user(self.env, "portal", groups="base.group_portal")
        for user in (self.visitor, portal, employee):
            throttle = self.env["portal.throttle"].with_user(user)
            for call in (
                lambda model: model.search([]),
                lambda model: model.create({"key": "x"}),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call(throttle)
        administrator = self.env.ref("base.user_admin")
        throttle = self.env["portal.throttle"].with_user(administrator)
        self.assertTrue(throttle.search([]))
        with self.assertRaises(AccessError):
            throttle.search([]).unlink()
