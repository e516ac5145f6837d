{
    "name": "Offerdesk Test Support",
    "summary": "Security tests that every addon with public pages plugs into",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["portal"],
}
