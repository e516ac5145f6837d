import contextlib
import os

from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        """Leave no part of a file behind when the disk is full: Odoo would refuse the
        whole file for ever, as one that collides with it."""
        try:
            return super()._file_write(bin_value, checksum)
        except OSError:
            path = self._full_path(f"{checksum[:2]}/{checksum}")
            with contextlib.suppress(OSError):
                if not self._same_content(bin_value, path):
                    os.unlink(path)
            raise
