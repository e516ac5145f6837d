from . import test_cart
from . import test_gate
from . import test_pay_later
from . import test_security_rules
from . import test_visits
from . import test_security_shop
from . import test_shop_request
