from . import sale_offer_decline
from . import sale_offer_feedback_reply
from . import sale_order_discount
