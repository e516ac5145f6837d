from . import sale_offer_decline, sale_offer_feedback_reply, sale_order_discount
