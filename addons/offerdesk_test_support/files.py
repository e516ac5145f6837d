"""Files that nobody should be able to leave on a server, and some that are welcome."""

import io
import zipfile
import zlib
from dataclasses import dataclass
from struct import pack

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
XML = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ZIP_BOMB_BYTES = 50_000_000


@dataclass(frozen=True)
class Upload:
    """A file as a browser sends it."""

    label: str
    name: str
    content: bytes
    content_type: str = "application/octet-stream"

    def as_part(self):
        return self.name, self.content, self.content_type


def png(width=1, height=1):
    """Return a PNG that states any size; its picture is one line of nothing."""

    def chunk(kind, data):
        crc = zlib.crc32(kind + data)
        return pack(">I", len(data)) + kind + data + pack(">I", crc)

    header = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * (width + 1 if width < 10_000 else 2))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def zipped(**members):
    """Return a ZIP file; the names of its members have `__` for a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def zip_bomb():
    """Return a small ZIP file that is large when unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("bomb", "w") as member:
            for _ in range(ZIP_BOMB_BYTES // 1_000_000):
                member.write(b"\0" * 1_000_000)
    return buffer.getvalue()


def refused_files():
    """Return files that must not be stored at all."""
    pixel = png()
    return [
        Upload("HTML", "a.html", HTML, "text/html"),
        Upload("HTML named as picture", "a.png", HTML, "image/png"),
        Upload("HTML named as text", "a.txt", HTML, "text/plain"),
        Upload("HTML after a comment", "b.txt", b"<!-- x -->\n" + HTML, "text/plain"),
        Upload("HTML after spaces", "c.txt", b" \n\t" * 50 + HTML, "text/plain"),
        Upload("HTML named as PDF", "a.pdf", HTML, "application/pdf"),
        Upload("HTML in UTF-16", "d.txt", HTML.decode().encode("utf-16"), "text/plain"),
        Upload("XHTML", "a.xhtml", XML, "application/xhtml+xml"),
        Upload("SVG", "a.svg", SVG, "image/svg+xml"),
        Upload("SVG named as picture", "a.jpg", SVG, "image/jpeg"),
        Upload("SVG named as text", "e.txt", SVG, "text/plain"),
        Upload("XML", "a.xml", XML, "text/xml"),
        Upload("XML named as text", "f.txt", XML, "text/plain"),
        Upload("script", "a.js", b"alert(1)", "text/javascript"),
        Upload("web page archive", "a.mht", b"MIME-Version: 1.0\n" + HTML),
        Upload("HTML application", "a.hta", HTML),
        Upload("program", "a.exe", b"MZ" + b"\x90" * 200),
        Upload("program named as PDF", "b.pdf", b"MZ" + b"\x90" * 200),
        Upload("program of Linux", "f.csv", b"\x7fELF" + b"\x02" * 200),
        Upload("PHP", "a.php", b"<?php phpinfo(); ?>"),
        Upload("picture with a second ending", "a.png.html", pixel, "image/png"),
        Upload("picture without a name", ".htaccess", pixel),
        Upload("picture named as text", "g.txt", pixel),
        Upload("PDF named as picture", "b.png", PDF),
        Upload("zip", "a.zip", zipped(x=b"x")),
        Upload("zip bomb", "b.zip", zip_bomb()),
        Upload("zip bomb named as document", "b.docx", zip_bomb()),
        Upload("document with macros", "a.docm", zipped(word__vbaProject=b"x")),
        Upload("picture of 100 megapixels", "c.png", png(10_000, 10_000)),
        Upload("picture of 4 gigapixels", "d.png", png(65_535, 65_535)),
        Upload("broken picture", "e.png", pixel[:20]),
        Upload("nothing", "f.png", b""),
    ]


def renamed_files():
    """Return harmless files with names that are not."""
    pixel = png()
    names = [
        "../../../../etc/passwd.png",
        "..\\..\\windows\\system.png",
        "/etc/cron.d/x.png",
        "C:\\boot.png",
        "x" * 400 + ".png",
        "a\x00.html.png",
        "a\u202egnp.png",
        "a\u200b\u2066.png",
        "a\r\nSet-Cookie: x=1.png",
        '"><img src=x onerror=alert(1)>.png',
        "'; drop table x; --.png",
        "%2e%2e%2fx.png",
        "CON.png",
        "....png",
        " .png",
        "😀 é ø.png",
    ]
    return [Upload(f"name {name[:20]!r}", name, pixel, "text/html") for name in names]


def lying_files():
    """Return files that are two things at once: at most the harmless one may be had."""
    return [
        Upload("picture and page", "a.png", png() + HTML, "text/html"),
        Upload("PDF and page", "a.pdf", PDF + HTML, "text/html"),
        Upload("GIF and script", "a.gif", b"GIF89a/*" + b"\0" * 20 + b"*/=1;" + HTML),
        Upload("text and tag", "a.txt", b"Dear all <img src=x onerror=alert(1)>"),
    ]


def welcome_files():
    """Return what customers really send."""
    return [
        Upload("picture", "room.png", png(), "image/png"),
        Upload("PDF", "Guest list.PDF", PDF, "application/pdf"),
        Upload("text", "list.txt", "Kari, Ola\nÅse\n".encode(), "text/plain"),
        Upload("table", "list.csv", b"name;nights\nKari;2\nOla;3\n", "text/csv"),
    ]
