from . import test_opens
