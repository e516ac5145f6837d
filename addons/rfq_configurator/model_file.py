"""Models that sellers upload, told apart by their content. No Odoo in here."""

import struct

MAX_BYTES = 50 * 1024 * 1024
MIMETYPES = {
    "glb": "model/gltf-binary",
    "stl": "model/stl",
    "step": "model/step",
}
# What the viewer shows; programs for CAD show the others.
SHOWN = ("glb", "stl")
# Header, number of facets; each facet has 50 bytes.
STL_HEADER = 84


def recognise(content):
    """Which kind of model `content` is: glb, stl, step or None."""
    if content[:4] == b"glTF":
        return "glb" if _is_whole_glb(content) else None
    if content[:13] == b"ISO-10303-21;":
        return "step"
    return "stl" if _is_stl(content) else None


def _is_whole_glb(content):
    if len(content) < 20:
        return False
    version, length = struct.unpack("<II", content[4:12])
    return version == 2 and length == len(content)


def _is_stl(content):
    if len(content) >= STL_HEADER:
        (count,) = struct.unpack("<I", content[80:STL_HEADER])
        if count and len(content) == STL_HEADER + 50 * count:
            return True
    return content[:6] == b"solid " and b"facet normal" in content[:1000]
