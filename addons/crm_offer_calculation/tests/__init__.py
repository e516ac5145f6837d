from . import test_security_cost
from . import test_security_rules
