"""A configuration in a form that is the same wherever it was made."""

import hashlib
import json


def canonical_value(parameter, value):
    """`value` as it is kept and hashed: numbers are texts like 2000."""
    if parameter["type"] not in ("integer", "float"):
        return value
    text = f"{value:.{parameter['decimals']}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def config_hash(version, canonical):
    """The fingerprint of canonical values of one version of a design."""
    content = json.dumps(
        {"values": canonical, "version": version},
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()
