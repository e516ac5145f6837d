import io

from PIL import Image
from PIL.ExifTags import Base as Tag
from PIL.PngImagePlugin import PngInfo
from werkzeug.datastructures import FileStorage

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.base_offerdesk.uploads import (
    MAX_FILES,
    clean_file_name,
    read_uploads,
    reencode_picture,
)
from odoo.addons.offerdesk_test_support import files

SECRET = b"60.39 N 5.32 E"
TURNED_RIGHT = 6


def as_storage(upload):
    """Return an upload as werkzeug hands it to a controller."""
    return FileStorage(io.BytesIO(upload.content), upload.name)


def draw(mode="RGB", size=(40, 20), color=None, kind="JPEG", **params):
    """Return a picture as a file."""
    target = io.BytesIO()
    image = Image.new(mode, size, color) if color else Image.new(mode, size)
    image.save(target, kind, **params)
    return target.getvalue()


def look(content):
    """Return the picture that a file holds."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@tagged("post_install", "-at_install")
class TestUploads(TransactionCase):
    """Files are judged by what is in them."""

    def _read(self, *uploads, **limits):
        visitor = self.env(user=self.env.ref("base.public_user"))
        return read_uploads(visitor, map(as_storage, uploads), **limits)

    def test_welcome_files(self):
        welcome = files.welcome_files()
        self.assertEqual(
            self._read(*welcome), [(file.name, file.content) for file in welcome]
        )

    def test_refused_files(self):
        for upload in files.refused_files():
            with self.subTest(upload.label), self.assertRaises(UserError):
                self._read(files.welcome_files()[0], upload)

    def test_names(self):
        for upload in files.renamed_files():
            with self.subTest(upload.label):
                name = clean_file_name(upload.name)
                self.assertRegex(name, r"^[^/\\\x00-\x1f\u200b\u202e\u2066]{1,115}$")
                self.assertTrue(name.endswith(".png"))

    def test_number(self):
        pixel = files.Upload("pixel", "a.png", files.png())
        self.assertEqual(len(self._read(*[pixel] * MAX_FILES)), MAX_FILES)
        with self.assertRaisesRegex(UserError, f"at most {MAX_FILES} files"):
            self._read(*[pixel] * (MAX_FILES + 1))
        self.assertEqual(len(self._read(*[pixel] * 8, max_files=8)), 8)
        with self.assertRaisesRegex(UserError, "at most 8 files"):
            self._read(*[pixel] * 9, max_files=8)

    def test_size(self):
        megabyte = 1024 * 1024
        text = files.Upload("text", "a.txt", b"x" * megabyte)
        self.assertTrue(self._read(text, max_bytes=megabyte))
        text = files.Upload("text", "a.txt", b"x" * (megabyte + 1))
        self.assertTrue(self._read(text))
        with self.assertRaisesRegex(UserError, "at most 1 MB are possible"):
            self._read(text, max_bytes=megabyte)

    def test_pictures_only(self):
        picture, *documents = files.welcome_files()
        self.assertTrue(self._read(picture, pictures_only=True))
        for upload in documents:
            with (
                self.subTest(upload.label),
                self.assertRaisesRegex(UserError, "Possible are pictures"),
            ):
                self._read(upload, pictures_only=True)


@tagged("post_install", "-at_install")
class TestReencodePicture(TransactionCase):
    """Published pictures show what was seen, and tell nothing else."""

    def _assert_clean(self, content):
        image = look(content)
        self.assertFalse(image.getexif())
        self.assertFalse({"exif", "comment", "icc_profile", "xmp"} & set(image.info))
        self.assertNotIn(SECRET, content)
        return image

    def test_what_the_camera_wrote(self):
        exif = Image.Exif()
        exif[Tag.ImageDescription] = SECRET.decode()
        text = PngInfo()
        text.add_text("Comment", SECRET.decode())
        for kind, params in (
            ("JPEG", {"exif": exif, "comment": SECRET, "icc_profile": SECRET}),
            ("PNG", {"exif": exif, "pnginfo": text}),
            ("GIF", {"comment": SECRET}),
        ):
            with self.subTest(kind):
                source = draw(kind=kind, **params)
                self.assertIn(SECRET, source)
                content, mimetype = reencode_picture(source)
                self.assertEqual(mimetype, "image/jpeg")
                self.assertEqual(self._assert_clean(content).format, "JPEG")

    def test_what_hangs_on_behind(self):
        content, _mimetype = reencode_picture(draw() + files.HTML + SECRET)
        self._assert_clean(content)
        self.assertNotIn(b"script", content)

    def test_stands_upright(self):
        exif = Image.Exif()
        exif[Tag.Orientation] = TURNED_RIGHT
        source = Image.new("RGB", (40, 20), "red")
        source.paste("blue", (0, 0, 20, 20))  # left, hence above when turned
        target = io.BytesIO()
        source.save(target, "JPEG", exif=exif)
        image = look(reencode_picture(target.getvalue())[0])
        self.assertEqual(image.size, (20, 40))
        self.assertGreater(image.getpixel((10, 5))[2], 200)
        self.assertGreater(image.getpixel((10, 35))[0], 200)

    def test_size(self):
        for size, expected in (
            ((4000, 3000), (1920, 1440)),
            ((1000, 3840), (500, 1920)),
            ((1920, 1920), (1920, 1920)),
            ((60, 40), (60, 40)),
        ):
            for kind in ("JPEG", "PNG"):
                with self.subTest(size=size, kind=kind):
                    content, _mimetype = reencode_picture(draw(size=size, kind=kind))
                    self.assertEqual(look(content).size, expected)

    def test_colours(self):
        """Whatever way the colours are stored; only transparency needs a PNG."""
        for mode, color, kind, expected in (
            ("L", 90, "JPEG", "image/jpeg"),
            ("CMYK", (9, 9, 9, 9), "JPEG", "image/jpeg"),
            ("P", 3, "GIF", "image/jpeg"),
            ("1", 1, "PNG", "image/jpeg"),
            ("I;16", 9000, "PNG", "image/jpeg"),
            ("RGBA", (9, 9, 9, 255), "PNG", "image/jpeg"),
            ("RGBA", (9, 9, 9, 120), "PNG", "image/png"),
            ("LA", (9, 120), "PNG", "image/png"),
        ):
            with self.subTest(mode=mode, kind=kind, color=color):
                content, mimetype = reencode_picture(draw(mode, color=color, kind=kind))
                self.assertEqual(mimetype, expected)
                self.assertEqual(look(content).get_format_mimetype(), expected)

    def test_what_is_no_picture(self):
        picture = draw()
        for content in (
            b"",
            files.HTML,
            files.SVG,
            files.PDF,
            picture[:100],
            files.png(10_000, 10_000),
            files.png(65_535, 65_535),
            draw(kind="TIFF"),
            draw(kind="BMP"),
        ):
            with self.subTest(content[:20]), self.assertRaises(ValueError):
                reencode_picture(content)
