from . import rfq_request_quotation
from . import rfq_request_reply
from . import rfq_request_retention
