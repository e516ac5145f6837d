"""Files that visitors send: checked by content, never by name alone."""

import io
import re
import unicodedata

from PIL import Image, ImageOps, UnidentifiedImageError

from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

MAX_FILES = 5
MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
# Content type → endings that name it. Nothing here runs in a browser.
PICTURE_TYPES = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
}
ALLOWED_TYPES = {
    "application/pdf": ("pdf",),
    **PICTURE_TYPES,
    "text/plain": ("txt", "csv"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        "docx",
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
}
# What published pictures are made from, and into.
PICTURE_FORMATS = ("PNG", "JPEG", "GIF")
PICTURE_SIZE = (1920, 1920)
PICTURE_QUALITY = 85


def read_uploads(
    env, files, max_files=MAX_FILES, max_bytes=MAX_FILE_BYTES, pictures_only=False
):
    """Return the uploaded files that a form sent, checked.

    :param env: environment, for the language of the messages
    :param files: werkzeug `FileStorage` objects
    :param int max_files: how many there may be
    :param int max_bytes: how large each may be; whole megabytes
    :param bool pictures_only: whether documents are refused
    :return: (name, content) pairs
    :raise UserError: with a sentence for the visitor; nothing is stored then
    """
    files = [file for file in files if file and file.filename]
    if len(files) > max_files:
        raise UserError(env._("Please attach at most %(max)s files.", max=max_files))
    return [_read_upload(env, file, max_bytes, pictures_only) for file in files]


def _read_upload(env, file, max_bytes, pictures_only):
    name = clean_file_name(file.filename)
    # One byte more than allowed is enough to know; a length that the browser states
    # may be missing or wrong.
    content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise UserError(
            env._(
                "%(name)s is too large: at most %(max)s MB are possible.",
                name=name,
                max=max_bytes // 1024 // 1024,
            )
        )
    if not content:
        raise UserError(env._("%(name)s is empty.", name=name))
    if not _is_allowed(
        name, content, PICTURE_TYPES if pictures_only else ALLOWED_TYPES
    ):
        raise UserError(_refuse_type(env, name, pictures_only))
    return name, content


def _refuse_type(env, name, pictures_only):
    if pictures_only:
        return env._(
            "%(name)s can't be attached. Possible are pictures (JPEG, PNG, GIF) "
            "whose name fits their content.",
            name=name,
        )
    return env._(
        "%(name)s can't be attached. Possible are PDF, pictures, text and "
        "office documents whose name fits their content.",
        name=name,
    )


def _is_allowed(name, content, types):
    mimetype = guess_mimetype(content)
    endings = types.get(mimetype)
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


def reencode_picture(content):
    """Return a picture drawn anew, for publishing: nothing but its pixels is left.

    Camera, place, thumbnails, comments and colour profiles are gone, the picture stands
    upright, its longer side has at most 1920 pixels, and of an animation the first
    frame is kept. What is transparent somewhere becomes PNG, anything else JPEG.

    :param bytes content: the picture as it was uploaded
    :return: content and its type
    :rtype: tuple[bytes, str]
    :raise ValueError: when the content is no picture, a broken or a huge one
    """
    if not _is_sane_image(content):
        raise ValueError("no picture that can be shown")
    try:
        with Image.open(io.BytesIO(content), formats=PICTURE_FORMATS) as image:
            # A large JPEG is read in a smaller size at once.
            image.draft("RGB", PICTURE_SIZE)
            clean = ImageOps.exif_transpose(image).convert("RGBA")
        clean.thumbnail(PICTURE_SIZE)
        return _encode_picture(clean)
    # Pillow's readers raise whatever a broken file makes them stumble over.
    except Exception as error:
        raise ValueError(f"the picture is broken: {error}") from error


def _encode_picture(image):
    # Pillow would write the comments and profiles that it read.
    image.info = {}
    target = io.BytesIO()
    if image.getextrema()[3][0] < 255:
        image.save(target, "PNG")
        return target.getvalue(), "image/png"
    image.convert("RGB").save(target, "JPEG", quality=PICTURE_QUALITY)
    return target.getvalue(), "image/jpeg"
