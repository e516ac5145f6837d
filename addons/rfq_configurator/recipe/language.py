"""What recipes consist of, and how much of it there may be."""

MAX_TEXT = 200_000
MAX_NODES = 500
MAX_DEPTH = 20
MAX_PARTS = 60
MAX_POINTS = 500
MAX_SEGMENTS = 128
SEGMENTS = 32
# For one configuration; the worst recipe then takes seconds, not minutes.
MAX_REPEAT = 200
MAX_SHAPES = 1000
MAX_TRIANGLES = 20_000
# Booleans add triangles along the cuts.
MAX_BUILT_TRIANGLES = 100_000
MAX_LENGTH = 1e6

# Fields of shapes: what they hold. With "?" they may be left out.
SHAPES = {
    "box": {"size": "vector", "center": "flag?"},
    "cylinder": {
        "height": "number",
        "radius": "number",
        "radius_top": "number?",
        "segments": "segments?",
        "center": "flag?",
    },
    "sphere": {"radius": "number", "segments": "segments?"},
    "extrude": {"profile": "profile", "height": "number"},
    "revolve": {"profile": "profile", "angle": "number?", "segments": "segments?"},
    "translate": {"by": "vector", "shape": "shape"},
    "rotate": {"by": "vector", "shape": "shape"},
    "scale": {"by": "vector", "shape": "shape"},
    "union": {"shapes": "shapes"},
    "difference": {"shapes": "shapes"},
    "intersection": {"shapes": "shapes"},
    "repeat": {"count": "number", "index": "index", "shape": "shape"},
    "choose": {"if": "expression", "then": "shape", "else": "shape?"},
}
PROFILES = {
    "polygon": {"points": "points"},
    "rectangle": {"size": "pair", "radius": "number?", "segments": "segments?"},
    "circle": {"radius": "number", "segments": "segments?"},
}
LOOKS = {"color": "color?", "roughness": "number?", "metalness": "number?"}
PART = {"name": "name", "shape": "shape", "opacity": "number?", **LOOKS}
# A plate on which the viewer writes.
LABEL = {
    "name": "name",
    "text": "expression",
    "size": "pair",
    "at": "vector",
    "rotate": "vector?",
    **LOOKS,
}
