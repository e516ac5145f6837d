from . import test_leaks
from . import test_order
from . import test_requests
from . import test_texts
