from . import order_request_figures
