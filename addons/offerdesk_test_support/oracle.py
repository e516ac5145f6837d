"""What no answer of ours may ever be, whatever was asked."""

import contextlib
import logging
import re
import warnings
from urllib.parse import urlsplit

# Loggers that comment on each bad request; tests that send thousands read them here.
TALKATIVE = (
    "odoo.addons.crm_iap_enrich.models.crm_lead",
    "odoo.addons.mail.models.mail_thread",
    "odoo.http",
    "odoo.models",
    "odoo.sql_db",
    "werkzeug",
)
# Exceptions that are an answer: all others are our mistakes.
EXPECTED_ERRORS = re.compile(
    r"^(odoo\.exceptions\.\w+"
    r"|werkzeug\.exceptions\.(BadRequest|Forbidden|NotFound|MethodNotAllowed"
    r"|RequestEntityTooLarge|UnsupportedMediaType|TooManyRequests)"
    r"|odoo\.http\.SessionExpiredException)$"
)
INNARDS = re.compile(r"Traceback \(most recent call last\)|psycopg2|odoo\.sql_db")
PROBE = "<script>alert(1)</script>"


def violations(route, answer, host="", secrets=()):
    """Return what is wrong with an answer, in words.

    :param Route route: where the request went
    :param Answer answer: what came back
    :param str host: scheme, name and port of the server under test
    :param secrets: texts that nobody may find in an answer
    :rtype: list
    """
    found = []
    if answer.status >= 500:
        found.append(f"status {answer.status}")
    if answer.error and route.ours:
        found.append(f"an exception instead of a message: {answer.error}")
    elif answer.error and not EXPECTED_ERRORS.match(answer.error):
        found.append(f"exception {answer.error}")
    elif INNARDS.search(answer.text) and not answer.error:
        found.append("the answer shows the innards of the server")
    if answer.changed and not (route.writes and answer.outcome == route.good):
        found.append(f"refused, yet it changed {', '.join(answer.changed)}")
    if PROBE in answer.text and "json" not in answer.headers.get("Content-Type", ""):
        found.append("input comes back as markup")
    found += [f"it tells {secret!r}" for secret in secrets if secret in answer.text]
    target = urlsplit(answer.location)
    if target.netloc and not f"{host}/".startswith(
        f"{target.scheme}://{target.netloc}/"
    ):
        found.append(f"redirects to another host: {answer.location[:200]}")
    return found


@contextlib.contextmanager
def watched_log():
    """Keep the talkative loggers out of the log and collect their errors.

    :return: list of `logging.LogRecord`, filled as they come
    """
    errors = []

    class Collector(logging.Handler):
        def emit(self, record):
            if record.levelno >= logging.ERROR:
                errors.append(record)

    collector = Collector()
    loggers = [logging.getLogger(name) for name in TALKATIVE]
    propagated = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(collector)
        logger.propagate = False
    try:
        # Odoo writes a traceback for each call of a library function that is to go.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield errors
    finally:
        for logger, propagate in zip(loggers, propagated, strict=True):
            logger.removeHandler(collector)
            logger.propagate = propagate
