import os
import signal
import subprocess
import tempfile
from pathlib import Path

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import find_in_path

from ..arabic_text import shape_arabic

# A thousand lines take one second. Workers are ended after two minutes by default.
RENDER_SECONDS = 30
PDF_START, PDF_END = b"%PDF-", b"%%EOF"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_self_contained_pdf(self, html):
        """Return a page of self-contained HTML as PDF (single record).

        Odoo's own call waits for the renderer without limit; a job that makes
        documents for everybody may not.

        :param str html: the page; nothing in it may have to be fetched
        :rtype: bytes
        :raise UserError: when the renderer is missing, fails, hangs or returns rubbish
        """
        self.ensure_one()
        args = self._build_wkhtmltopdf_args(self.get_paperformat(), False)
        with tempfile.TemporaryDirectory(prefix="offerdesk.document.") as folder:
            source, target = Path(folder, "page.html"), Path(folder, "page.pdf")
            source.write_text(shape_arabic(str(html)), encoding="utf-8")
            # No script is in the page, so there is nothing to wait for.
            args += ["--disable-javascript", "--javascript-delay", "0"]
            errors = self._run_pdf_renderer([*args, str(source), str(target)])
            pdf = target.read_bytes() if target.exists() else b""
        if not pdf.startswith(PDF_START) or PDF_END not in pdf[-1024:]:
            raise UserError(
                self.env._(
                    "The PDF renderer returned no document. %(errors)s", errors=errors
                ).strip()
            )
        return pdf

    def _run_pdf_renderer(self, args):
        """Run wkhtmltopdf, but not for ever.

        :param list args: command line without the program
        :return: what it said about errors
        :rtype: str
        :raise UserError: when it is missing, hangs or breaks off
        """
        try:
            # Looked up anew each time: it may have been installed since the last one.
            program = find_in_path("wkhtmltopdf")
            process = subprocess.Popen(
                [program, *args],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,  # a wrapper and its child end together
            )
        except OSError as error:
            raise UserError(
                self.env._("wkhtmltopdf could not be started: %(error)s", error=error)
            ) from error
        try:
            _out, errors = process.communicate(timeout=RENDER_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise UserError(
                self.env._(
                    "wkhtmltopdf did not finish within %(seconds)s seconds.",
                    seconds=RENDER_SECONDS,
                )
            ) from error
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            process.stderr.close()
        errors = errors.decode(errors="replace").strip()[-1000:]
        # 1: finished with complaints; whether there is a document is seen afterwards.
        if process.returncode not in (0, 1):
            raise UserError(
                self.env._(
                    "wkhtmltopdf failed with code %(code)s. %(errors)s",
                    code=process.returncode,
                    errors=errors,
                ).strip()
            )
        return errors
