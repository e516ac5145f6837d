from . import cart
from . import main
from . import shop_request
