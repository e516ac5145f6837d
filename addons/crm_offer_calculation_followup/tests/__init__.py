from . import test_followup_of_offers
from . import test_followup_of_people
from . import test_followup_of_visits
