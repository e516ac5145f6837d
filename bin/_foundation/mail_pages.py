"""Web pages that show the mails the sink has caught. Whatever a mail contains is
somebody else's: text is escaped, HTML is shown in a sandbox without scripts."""

import html
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from .mail_sink import HOST, read

SHOWN = 200
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem;
       padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #ddd; }
dt { float: left; clear: left; width: 8rem; color: #666; } dd { margin-left: 8rem; }
iframe { width: 100%; height: 70vh; border: 1px solid #ddd; }
pre { white-space: pre-wrap; background: #f6f6f6; padding: 1rem; }
"""
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"
# A mail may show pictures and open links in new windows, and nothing else.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:"
)


def _page(title: str, body: str, refresh: bool = False) -> str:
    again = '<meta http-equiv="refresh" content="5">' if refresh else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8">{again}'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style>{body}</html>"
    )


def _list(files: list[Path]) -> str:
    rows = []
    for file in files[:SHOWN]:
        mail = read(file)
        cells = [str(mail[name] or "") for name in ("Date", "X-Envelope-To", "Subject")]
        date, to, subject = map(html.escape, cells)
        link = f'<a href="/{file.stem}">{subject or "(no subject)"}</a>'
        rows.append(f"<tr><td>{date}<td>{to}<td>{link}")
    body = f"<h1>Mails</h1><p>{len(files)} in all; none of them left this machine.</p>"
    head = "<tr><th>Date<th>To<th>Subject"
    return _page("Mails", f"{body}<table>{head}{''.join(rows)}</table>", refresh=True)


def _text(part: EmailMessage | None) -> str:
    return part.get_content() if part else ""


def _mail(name: str, mail: EmailMessage) -> str:
    headers = "".join(
        f"<dt>{key}<dd>{html.escape(str(mail[key]))}"
        for key in ("From", "To", "Cc", "Reply-To", "Date", "X-Envelope-To")
        if mail[key]
    )
    attachments = "".join(
        f'<li><a href="/{name}/{number}">{html.escape(part.get_filename() or "?")}</a>'
        for number, part in enumerate(mail.iter_attachments())
    )
    subject = str(mail["Subject"] or "(no subject)")
    parts = [
        f'<p><a href="/">All mails</a><h1>{html.escape(subject)}</h1>',
        f"<dl>{headers}</dl><ul>{attachments}</ul>",
    ]
    if mail.get_body(("html",)):
        sandbox = "allow-popups allow-popups-to-escape-sandbox"
        parts.append(f'<iframe sandbox="{sandbox}" src="/{name}/html"></iframe>')
    if text := _text(mail.get_body(("plain",))):
        parts.append(f"<h2>As text</h2><pre>{html.escape(text)}</pre>")
    parts.append(f'<p><a href="/{name}/source">Source</a>')
    return _page(subject, "".join(parts))


class _Handler(BaseHTTPRequestHandler):
    folder: Path

    def do_GET(self) -> None:
        """Show the list, a mail, its HTML, its source or an attachment."""
        # A page elsewhere whose name was bound to 127.0.0.1 must not read the mails.
        host = self.headers.get("Host", "").split(":")[0]
        if host not in ("127.0.0.1", "localhost"):
            return self.send_error(403)
        name, _, part = self.path.strip("/").partition("/")
        files = {file.stem: file for file in self.folder.glob("[!.]*.eml")}
        if not name:
            newest_first = [files[stem] for stem in sorted(files, reverse=True)]
            return self._send(_list(newest_first).encode())
        if name not in files:
            return self.send_error(404)
        self._show(name, files[name], part)

    def _show(self, name: str, file: Path, part: str) -> None:
        mail = read(file)
        attachments = list(mail.iter_attachments())
        if not part:
            self._send(_mail(name, mail).encode())
        elif part == "html":
            text = f'<base target="_blank">{_text(mail.get_body(("html",)))}'
            self._send(text.encode(), policy=MAIL_POLICY)
        elif part == "source":
            self._send(file.read_bytes(), "text/plain; charset=utf-8")
        elif part.isascii() and part.isdigit() and int(part) < len(attachments):
            self._send_attachment(attachments[int(part)])
        else:
            self.send_error(404)

    def _send_attachment(self, part: EmailMessage) -> None:
        filename = quote(part.get_filename() or "attachment", safe="")
        disposition = f"attachment; filename*=UTF-8''{filename}"
        content = part.get_payload(decode=True) or b""
        self._send(content, "application/octet-stream", disposition=disposition)

    def _send(
        self,
        content: bytes,
        kind: str = "text/html; charset=utf-8",
        policy: str = PAGE_POLICY,
        disposition: str = "inline",
    ) -> None:
        self.send_response(200)
        for key, value in self._headers(kind, policy, disposition):
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    @staticmethod
    def _headers(kind: str, policy: str, disposition: str) -> Iterator[tuple[str, str]]:
        yield "Content-Type", kind
        yield "Content-Security-Policy", policy
        yield "Content-Disposition", disposition
        yield "X-Content-Type-Options", "nosniff"
        yield "Referrer-Policy", "no-referrer"
        yield "Cache-Control", "no-store"

    def log_message(self, *args: object) -> None:
        """Say nothing: the list reloads itself every few seconds."""


def start(folder: Path, port: int) -> ThreadingHTTPServer:
    """Serve the mails in `folder` from a thread."""
    handler = type("Handler", (_Handler,), {"folder": folder})
    server = ThreadingHTTPServer((HOST, port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
