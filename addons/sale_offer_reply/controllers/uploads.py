"""What customers may attach: checked by content, never by name alone."""

import io
import re
import unicodedata

from PIL import Image, UnidentifiedImageError

from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

MAX_FILES = 5
MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
# Content type → endings that name it. Nothing here runs in a browser.
ALLOWED_TYPES = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "text/plain": ("txt", "csv"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        "docx",
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
}


def read_uploads(env, files):
    """Return the uploaded files that a form sent, checked.

    :param env: environment, for the language of the messages
    :param files: werkzeug `FileStorage` objects
    :return: (name, content) pairs
    :raise UserError: with a sentence for the customer; nothing is stored then
    """
    files = [file for file in files if file and file.filename]
    if len(files) > MAX_FILES:
        raise UserError(env._("Please attach at most %(max)s files.", max=MAX_FILES))
    return [_read_upload(env, file) for file in files]


def _read_upload(env, file):
    name = clean_file_name(file.filename)
    # One byte more than allowed is enough to know; a length that the browser states
    # may be missing or wrong.
    content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise UserError(
            env._(
                "%(name)s is too large: at most %(max)s MB are possible.",
                name=name,
                max=MAX_FILE_BYTES // 1024 // 1024,
            )
        )
    if not content:
        raise UserError(env._("%(name)s is empty.", name=name))
    if not _is_allowed(name, content):
        raise UserError(
            env._(
                "%(name)s can't be attached. Possible are PDF, pictures, text and "
                "office documents whose name fits their content.",
                name=name,
            )
        )
    return name, content


def _is_allowed(name, content):
    mimetype = guess_mimetype(content)
    endings = ALLOWED_TYPES.get(mimetype)
    if not endings or name.rpartition(".")[2].lower() not in endings:
        return False
    if mimetype == "text/plain":
        # Markup that a lax reader could run is not plain text.
        return not re.search(
            rb"<\s*(!doctype|html|script|svg|\?xml)", content[:4096], re.I
        )
    return not mimetype.startswith("image/") or _is_sane_image(content)


def _is_sane_image(content):
    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.width * image.height <= MAX_PIXELS
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError):
        return False


def clean_file_name(name):
    """Return a file name without folders, control characters and tricks.

    :param str name: name as the browser sent it
    :rtype: str
    """
    name = re.split(r"[\\/]", name)[-1]
    name = "".join(
        char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    stem, dot, ending = name.rstrip(" .").rpartition(".")
    if not dot:
        return ending.strip()[:100] or "file"
    return f"{stem.strip(' .')[:100] or 'file'}.{ending[:10]}"
