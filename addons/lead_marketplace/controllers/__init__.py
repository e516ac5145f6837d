from . import workshop
from . import customer
from . import public
from . import reviews
from . import workshop_feed
from . import workshop_take
from . import workshop_letters
from . import workshop_orders
