from . import test_followup_of_answers
