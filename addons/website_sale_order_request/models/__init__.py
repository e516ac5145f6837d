from . import order_request
from . import order_request_visit
from . import sale_order
from . import website
from . import website_visitor
