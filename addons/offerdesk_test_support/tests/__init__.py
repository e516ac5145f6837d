from . import test_fingerprint
from . import test_markup
from . import test_oracle
from . import test_routes
from . import test_rules
from . import test_templates
