from . import test_security_rules
from . import test_ubl
