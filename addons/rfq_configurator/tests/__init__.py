from . import test_expression
