"""Models as pictures, for mails and for browsers that can't draw them."""

import io
import math

import numpy
from PIL import Image

BACKGROUND = 245.0
LIGHT = numpy.array([-0.35, -0.6, 0.72])
# From the front, a little from the left and from above.
TURN, TILT = math.radians(-35), math.radians(22)
MARGIN = 0.08
# More take too long to draw one by one.
MAX_TRIANGLES = 30_000


def draw_picture(meshes, width=640, height=480):
    """A PNG of the meshes of a model, None when they have too many triangles."""
    if sum(len(mesh["triangles"]) for mesh in meshes) > MAX_TRIANGLES:
        return None
    canvas = _Canvas(width * 2, height * 2)
    turned = [mesh["positions"].astype(float) @ _view().T for mesh in meshes]
    everything = numpy.concatenate(turned)
    least, most = everything.min(axis=0), everything.max(axis=0)
    span = numpy.maximum(most - least, 1e-9)
    room = 1 - 2 * MARGIN
    scale = min(canvas.width * room / span[0], canvas.height * room / span[2])
    middle = (least + most) / 2
    # What shines through is drawn onto what is behind it.
    for mesh, points in sorted(
        zip(meshes, turned, strict=True), key=lambda pair: -pair[0]["opacity"]
    ):
        points = (points - middle) * scale
        points[:, 0] += canvas.width / 2
        points[:, 2] = canvas.height / 2 - points[:, 2]
        canvas.draw(points[mesh["triangles"]], _shades(mesh), mesh["opacity"])
    return canvas.content()


def _view():
    """Turns a model so that x is right, z is up and y is away from who looks."""
    turn = numpy.array(
        [
            [math.cos(TURN), -math.sin(TURN), 0],
            [math.sin(TURN), math.cos(TURN), 0],
            [0, 0, 1],
        ]
    )
    tilt = numpy.array(
        [
            [1, 0, 0],
            [0, math.cos(TILT), -math.sin(TILT)],
            [0, math.sin(TILT), math.cos(TILT)],
        ]
    )
    return tilt @ turn


def _shades(mesh):
    """The colour of each triangle."""
    corners = mesh["positions"][mesh["triangles"]].astype(float)
    normals = numpy.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = numpy.linalg.norm(normals, axis=1, keepdims=True)
    normals = normals / numpy.maximum(lengths, 1e-30)
    light = 0.45 + 0.55 * numpy.clip(normals @ (LIGHT / numpy.linalg.norm(LIGHT)), 0, 1)
    color = [int(mesh["color"][at : at + 2], 16) for at in (1, 3, 5)]
    return numpy.array(color) * light[:, None]


class _Canvas:
    """Pixels that know how far away is what they show."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.pixels = numpy.full((height, width, 3), BACKGROUND)
        self.depth = numpy.full((height, width), numpy.inf)

    def draw(self, triangles, shades, opacity):
        for corners, shade in zip(triangles, shades, strict=True):
            self._fill(corners, shade, opacity)

    def _fill(self, corners, shade, opacity):
        x, y = corners[:, 0], corners[:, 2]
        left, right = max(math.floor(x.min()), 0), min(math.ceil(x.max()), self.width)
        top, bottom = max(math.floor(y.min()), 0), min(math.ceil(y.max()), self.height)
        area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
        if left >= right or top >= bottom or abs(area) < 1e-9:
            return
        across = numpy.arange(left, right)[None, :] + 0.5
        down = numpy.arange(top, bottom)[:, None] + 0.5
        one = ((x[1] - across) * (y[2] - down) - (x[2] - across) * (y[1] - down)) / area
        two = ((x[2] - across) * (y[0] - down) - (x[0] - across) * (y[2] - down)) / area
        three = 1 - one - two
        away = one * corners[0, 1] + two * corners[1, 1] + three * corners[2, 1]
        depth = self.depth[top:bottom, left:right]
        seen = (one >= 0) & (two >= 0) & (three >= 0) & (away < depth)
        pixels = self.pixels[top:bottom, left:right]
        pixels[seen] += (shade - pixels[seen]) * opacity
        if opacity == 1:
            depth[seen] = away[seen]

    def content(self):
        image = Image.fromarray(self.pixels.round().astype("uint8"))
        image = image.resize((self.width // 2, self.height // 2), Image.LANCZOS)
        target = io.BytesIO()
        image.save(target, "PNG", optimize=True)
        return target.getvalue()
