import io
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

    def _get_self_contained(self, report_ref, res_ids):
        """Return the documents that a report makes, or None for reports of others.

        :param report_ref: report, its id, XML id or name
        :param list res_ids: ids of the documents
        :rtype: recordset of `offerdesk.document.mixin` | None
        """
        Model = self.env.get(self._get_report(report_ref).model)
        if not isinstance(Model, self.env.registry["offerdesk.document.mixin"]):
            return None
        documents = Model.browse(res_ids)
        documents.check_access("read")
        return documents

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Make self-contained documents one by one.

        A renderer without patched Qt takes one at a time.
        """
        documents = self._get_self_contained(report_ref, res_ids)
        if documents is None:
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        return {
            document.id: {
                "stream": io.BytesIO(document._get_pdf_content()),
                "attachment": None,
            }
            for document in documents
        }

    def _render_qweb_html(self, report_ref, docids, data=None):
        documents = self._get_self_contained(report_ref, docids)
        if documents is None:
            return super()._render_qweb_html(report_ref, docids, data=data)
        pages = [document._render_html().encode() for document in documents]
        return b"\n".join(pages), "html"

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
