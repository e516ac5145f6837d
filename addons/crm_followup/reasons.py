"""Why a deal gets no follow-up, in the order in which the reasons are looked at."""

# What a deal itself has against it, now.
OBSTACLES = [
    ("won", "Won"),
    ("lost", "Lost"),
    ("archived", "Archived"),
    ("no_user", "No active salesperson"),
    ("no_sender", "The salesperson has no e-mail address"),
    ("hidden", "The salesperson may not see the deal"),
    ("no_email", "No valid e-mail address"),
    ("other_address", "The contact has another address than the deal"),
    ("blacklisted", "Blacklisted address"),
    ("opted_out", "Unsubscribed from follow-ups"),
    ("bounced", "Mails come back"),
]
# What has happened since a sequence was started.
EVENTS = [
    ("replied", "The customer replied"),
    ("meeting", "A meeting was booked"),
    ("stage", "The stage changed"),
    ("merged", "Merged with another deal"),
    ("manual", "Stopped by hand"),
]
# What speaks against beginning now.
NOT_NOW = [
    ("switched_off", "Follow-ups are switched off"),
    ("enrolled", "Already in a sequence"),
    ("unanswered", "The customer wrote last and waits for an answer"),
    ("capped", "Contacted often enough lately"),
    ("other_company", "The sequence is another company's"),
    ("same_contact", "The contact gets the mail for another of these deals"),
]
