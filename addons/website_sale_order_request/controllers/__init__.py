from . import main
from . import shop_request
