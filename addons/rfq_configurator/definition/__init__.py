"""Parameters and rules of a design.

What a seller wrote is compiled; what a customer chose is evaluated, here and by
`static/src/engine/definition.js`. No Odoo in here.
"""

from .compile import DefinitionError, compile_definition
from .configuration import config_hash
from .evaluate import Definition
from .inputs import parse_number
