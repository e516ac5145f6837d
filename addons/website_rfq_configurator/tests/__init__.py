from . import test_captcha
from . import test_designs
from . import test_security
from . import test_security_rules
