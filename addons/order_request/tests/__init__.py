from . import test_figures
from . import test_gate
from . import test_order_gate
from . import test_portal
from . import test_request
from . import test_security_replay
from . import test_security_rules
from . import test_week_hours
