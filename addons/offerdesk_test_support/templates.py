"""Templates that are compiled once for a class of tests."""

from unittest.mock import patch

from odoo.tests import TransactionCase

# What is compiled depends on the views and on who implies which group.
CACHES = {"templates", "groups"}


class KeptTemplatesCase(TransactionCase):
    """Odoo forgets after each test whatever it has cached. To compile the templates of
    a page anew takes a third of the time of our tests, so they stay, as they do on a
    server, until a test changes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._known_sequences = cls._get_sequences()
        forget = patch.object(cls.registry, "clear_all_caches", cls._forget)
        cls.startClassPatcher(forget)

    @classmethod
    def _get_sequences(cls):
        return {name: cls.registry.cache_sequences[name] for name in CACHES}

    @classmethod
    def _forget(cls):
        registry = cls.registry
        names = set(registry.cache_sequences) - CACHES
        changed = cls._get_sequences() != cls._known_sequences
        if changed or CACHES & registry.cache_invalidated:
            names |= CACHES
        registry.clear_cache(*names)
        registry.cache_invalidated.difference_update(CACHES)
        cls._known_sequences = cls._get_sequences()
