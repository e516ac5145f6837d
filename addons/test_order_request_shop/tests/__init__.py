from . import test_booths
from . import test_pay_on_site
from . import test_security_rules
from . import test_tickets
