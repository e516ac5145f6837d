"""Models as files: GLB for viewers, STL for printers and for CAD programs."""

import json
import math
import struct

import numpy

METRES = {"mm": 0.001, "cm": 0.01, "in": 0.0254}
FLOAT, UNSIGNED_INT = 5126, 5125
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963


def write_stl(meshes):
    """A binary STL of all parts, in the units of the recipe, z up."""
    triangles = numpy.concatenate(
        [mesh["positions"][mesh["triangles"]] for mesh in meshes]
    ).astype("<f4")
    sides = triangles[:, 1:] - triangles[:, :1]
    normals = numpy.cross(sides[:, 0], sides[:, 1])
    lengths = numpy.linalg.norm(normals, axis=1, keepdims=True)
    facets = numpy.zeros(
        len(triangles),
        dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("unused", "<u2")],
    )
    facets["normal"] = normals / numpy.maximum(lengths, 1e-30)
    facets["corners"] = triangles
    return bytes(80) + struct.pack("<I", len(facets)) + facets.tobytes()


def write_glb(meshes, labels=(), unit="mm"):
    """A GLB of all parts and labels, in metres, y up, as glTF wants it.

    A label is a plate of two triangles; its text is in the `extras` of its node, for
    viewers that know what to do with it.
    """
    writer = _GlbWriter(METRES[unit])
    for mesh in meshes:
        writer.add(mesh)
    for label in labels:
        writer.add(_plate(label), {"text": label["text"], "size": label["size"]})
    return writer.content()


def _plate(label):
    """The mesh of a label: it lies in its x-y plane, around its middle."""
    x, y = label["size"][0] / 2, label["size"][1] / 2
    corners = numpy.array([[-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0]])
    turn = _rotation(label["rotate"])
    return {
        **label,
        "opacity": 1.0,
        "positions": corners @ turn.T + numpy.array(label["at"]),
        "normals": numpy.tile(turn[:, 2], (4, 1)),
        "coordinates": numpy.array([[0, 1], [1, 1], [1, 0], [0, 0]]),
        "triangles": numpy.array([[0, 1, 2], [0, 2, 3]]),
    }


def _rotation(degrees):
    """Around x, then y, then z: as manifold rotates."""
    result = numpy.eye(3)
    for axis, angle in enumerate(map(math.radians, degrees)):
        turn = numpy.eye(3)
        one, two = (axis + 1) % 3, (axis + 2) % 3
        turn[one, one] = turn[two, two] = math.cos(angle)
        turn[one, two], turn[two, one] = -math.sin(angle), math.sin(angle)
        result = turn @ result
    return result


def _linear(color):
    """A colour like #c8a26a as glTF counts it."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [
        round(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4, 5)
        for c in channels
    ]


class _GlbWriter:
    def __init__(self, scale):
        self.scale = scale
        self.binary = bytearray()
        self.json = {
            "asset": {"version": "2.0", "generator": "Offerdesk"},
            "scene": 0,
            "scenes": [{"nodes": []}],
            "nodes": [],
            "meshes": [],
            "materials": [],
            "accessors": [],
            "bufferViews": [],
        }

    def add(self, mesh, extras=None):
        """A node of its own for a mesh."""
        attributes = {
            "POSITION": self._positions(_upright(mesh["positions"]) * self.scale),
            "NORMAL": self._array(_upright(mesh["normals"]), "<f4", "VEC3"),
        }
        if "coordinates" in mesh:
            coordinates = self._array(mesh["coordinates"], "<f4", "VEC2")
            attributes["TEXCOORD_0"] = coordinates
        primitive = {
            "attributes": attributes,
            "indices": self._array(mesh["triangles"].ravel(), "<u4", "SCALAR"),
            "material": self._append("materials", self._material(mesh)),
        }
        name = mesh["name"]
        index = self._append("meshes", {"name": name, "primitives": [primitive]})
        node = {"name": name, "mesh": index}
        if extras:
            node["extras"] = extras
        self.json["scenes"][0]["nodes"].append(self._append("nodes", node))

    def _append(self, kind, item):
        self.json[kind].append(item)
        return len(self.json[kind]) - 1

    def _material(self, mesh):
        material = {
            "name": mesh["name"],
            "pbrMetallicRoughness": {
                "baseColorFactor": [*_linear(mesh["color"]), mesh["opacity"]],
                "metallicFactor": mesh["metalness"],
                "roughnessFactor": mesh["roughness"],
            },
        }
        if mesh["opacity"] < 1:
            material["alphaMode"] = "BLEND"
        return material

    def _positions(self, positions):
        index = self._array(positions, "<f4", "VEC3")
        # As they are written: viewers compare.
        written = positions.astype("<f4")
        self.json["accessors"][index]["min"] = written.min(axis=0).tolist()
        self.json["accessors"][index]["max"] = written.max(axis=0).tolist()
        return index

    def _array(self, array, dtype, kind):
        is_index = dtype == "<u4"
        content = array.astype(dtype).tobytes()
        view = {
            "buffer": 0,
            "byteOffset": len(self.binary),
            "byteLength": len(content),
            "target": ELEMENT_ARRAY_BUFFER if is_index else ARRAY_BUFFER,
        }
        self.binary += content
        accessor = {
            "bufferView": self._append("bufferViews", view),
            "componentType": UNSIGNED_INT if is_index else FLOAT,
            "count": len(array),
            "type": kind,
        }
        return self._append("accessors", accessor)

    def content(self):
        self.json["buffers"] = [{"byteLength": len(self.binary)}]
        text = json.dumps(self.json, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
        chunks += struct.pack("<II", len(self.binary), 0x004E4942) + self.binary
        return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks


def _upright(vectors):
    """From z up to y up."""
    return vectors[:, [0, 2, 1]] * numpy.array([1, 1, -1])
