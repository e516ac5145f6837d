import hashlib

from odoo.tests import HttpCase, tagged
from odoo.tools.misc import file_open, file_path

from odoo.addons.web.tests.test_js import unit_test_error_checker


@tagged("post_install", "-at_install")
class TestConfiguratorScript(HttpCase):
    """The scripts of pages and forms."""

    def test_unit(self):
        """What `static/tests` checks of the components, without a server."""
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            "&filter=@rfq_configurator",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )

    def test_libraries_are_there(self):
        """Their versions stand in their names, and in the script that loads them."""
        path = file_path("rfq_configurator/static/src/viewer/libraries.js")
        with open(path, encoding="utf-8") as file:
            names = [part for part in file.read().split("`") if part.startswith("${")]
        paths = [
            name.replace("${FOLDER}", "rfq_configurator/static/lib") for name in names
        ]
        self.assertEqual(len(paths), 3)
        for path in paths:
            self.assertTrue(file_path(path))
        # Browsers that have the subset of before must not take it for this one.
        (subset,) = [path for path in paths if "/three-subset-" in path]
        with file_open(subset, "rb") as library:
            digest = hashlib.sha256(library.read()).hexdigest()
        self.assertTrue(subset.endswith(f"-{digest[:8]}.min.js"), subset)
