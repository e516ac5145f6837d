from . import test_definition
from . import test_expression
from . import test_hostile
from . import test_recipe
from . import test_schema
