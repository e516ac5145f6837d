from pathlib import Path

from odoo.tests import tagged

from .common_security import (
    ACCEPT,
    CONTEST,
    LETTER,
    OWN_ROUTES,
    REPLY,
    TAKE_FILE,
    TAKE_PHOTO,
    TAKE_ROUTES,
    MarketMatrixCase,
)

TABLE = Path(__file__).parent / "access_matrix.csv"


@tagged("post_install", "-at_install")
class TestSecurityAccess(MarketMatrixCase):
    """Who gets what from the pages of the marketplace."""

    def test_all_routes_are_tested(self):
        self.check_routes_complete("lead_marketplace", OWN_ROUTES)

    def test_matrix(self):
        """Every route, as everybody."""
        self.check_matrix(OWN_ROUTES, {"": self._rotate_token}, TABLE)

    def test_second_id_of_another_workshop(self):
        """Who has a take of its own reaches nothing of others through it."""
        own = self._open(self.unopened, self.marble_user)
        self.become(self.marble_user.login)
        before = self.fingerprint.take()
        for route in TAKE_ROUTES:
            with self.subTest(str(route)):
                is_file = route in (TAKE_FILE, TAKE_PHOTO)
                wanted = "404" if is_file else "303 /my/market"
                self.assertEqual(self.send(route).outcome, wanted)
        for route, path in (
            (TAKE_FILE, {"file_id": self.file.id}),
            (TAKE_PHOTO, {"photo_id": self.photo.id}),
        ):
            path = route.path_for(self, take_id=own.id, **path)
            self.assertEqual(self.send(route, path=path).outcome, "404")
        for route, outcome in (
            (ACCEPT, "303 /my/market"),
            (CONTEST, "303 /my/market"),
            (REPLY, "303 /my/market/reviews"),
            (LETTER, "303 /my/market/letters"),
        ):
            with self.subTest(str(route)):
                self.assertEqual(self.send(route).outcome, outcome)
        self.assertEqual(self.fingerprint.changed(before), [])
