from . import test_definition
from . import test_design
from . import test_expression
from . import test_hostile
from . import test_recipe
from . import test_rfq_mails
from . import test_schema
from . import test_submit
