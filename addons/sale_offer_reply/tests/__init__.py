from . import test_reply_page, test_reply_rules
