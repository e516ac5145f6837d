from . import base_partner_merge
from . import lead_market_request_close
from . import lead_market_request_compare
from . import lead_market_statement
from . import lead_market_workshop_decide
