import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class PortalThrottle(models.Model):
    _name = "portal.throttle"
    _description = "Attempts on Public Pages"
    _log_access = False

    key = fields.Char(required=True)
    date = fields.Datetime(required=True)

    _key_idx = models.Index("(key, date)")

    @api.model
    def _hit(self, purpose, subject, seconds):
        """Count an attempt and return how many there were lately.

        The attempt is committed on a cursor of its own, because the refusal that often
        follows rolls the request back. Each is a row: a number in one row would make
        attempts at the same moment fail. Addresses are stored as a fingerprint only.

        :param str purpose: what is counted
        :param str subject: who, for instance an IP address
        :param int seconds: how far back attempts count
        :rtype: int
        """
        with self.env.registry.cursor() as cr:
            throttle = self.with_env(self.env(cr=cr))
            cr.execute(
                SQL(
                    "INSERT INTO portal_throttle (key, date) VALUES (%s, %s)",
                    self._get_key(purpose, subject),
                    fields.Datetime.now(),
                )
            )
            return throttle._count(purpose, subject, seconds)

    @api.model
    def _count(self, purpose, subject, seconds):
        """Return how many attempts were counted lately.

        :rtype: int
        """
        self.env.cr.execute(
            SQL(
                "SELECT count(*) FROM portal_throttle WHERE key = %s AND date > %s",
                self._get_key(purpose, subject),
                fields.Datetime.now() - timedelta(seconds=seconds),
            )
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _get_key(self, purpose, subject):
        return hashlib.sha256(f"{purpose}|{subject}".encode()).hexdigest()[:32]

    @api.autovacuum
    def _gc_attempts(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.search([("date", "<", yesterday)]).unlink()
