"""Why offers end a follow-up."""

SUSPENDED = ("suspended", "Suspended")
EVENTS = [
    ("offer_decided", "The customer decided about the offer"),
    ("offer_sent", "An offer was sent"),
    ("offer_expired", "The offer has expired"),
]
REASONS = [SUSPENDED, *EVENTS]
# Rows of the log, and the reason that each is.
STOPPING = {
    "offer_answer": "offer_decided",
    "offer_accept": "offer_decided",
    "offer_sent": "offer_sent",
}
