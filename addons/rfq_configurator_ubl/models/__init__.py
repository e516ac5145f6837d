from . import rfq_request
