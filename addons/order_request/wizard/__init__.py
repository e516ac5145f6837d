from . import order_request_wizard
from . import order_request_ask
from . import order_request_offer
from . import order_request_refuse
from . import order_request_simulation
from . import order_request_figures
