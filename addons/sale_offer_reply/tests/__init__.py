from . import test_backend
from . import test_document
from . import test_feedback_page
from . import test_history
from . import test_mails
from . import test_reply_page
from . import test_reply_rules
from . import test_tours
