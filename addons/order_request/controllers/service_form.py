"""Reads the form of a service into plain values."""

import uuid
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.base_offerdesk.form_values import clean_int, clean_key, clean_text
from odoo.addons.base_offerdesk.uploads import read_uploads

from ..customer_order import (
    MAX_ANSWER,
    MAX_BRIEF,
    MAX_QUANTITY,
    CustomerLine,
    CustomerOrder,
)

FIELDS = ("quantity", "variant", "brief", "desired_start")
FURTHEST_START = timedelta(days=3 * 365)


def new_form_key():
    """Return what marks a form that is shown, so that it counts once.

    :rtype: str
    """
    return str(uuid.uuid4())


def read_draft(form, files, products):
    """Return what was entered, to be shown again. Files have to be chosen anew.

    :param form: werkzeug MultiDict
    :param files: werkzeug MultiDict of `FileStorage`
    :param products: `product.template` records, whose questions were asked
    :rtype: dict
    """
    names = [
        *FIELDS,
        *(_get_answer_name(q) for q in products.order_request_question_ids),
    ]
    draft = {name: clean_text(form.get(name))[: MAX_BRIEF + 1] for name in names}
    draft["had_files"] = any(file.filename for file in files.values())
    draft["idempotency_key"] = clean_key(form.get("idempotency_key")) or new_form_key()
    return draft


def parse_service_form(env, form, files, product, is_request):
    """Read the form of a service.

    :param env: environment, for the language of the messages
    :param form: werkzeug MultiDict
    :param files: list of werkzeug `FileStorage`
    :param product: `product.template`, as superuser
    :param bool is_request: whether it is asked for, not ordered
    :return: what the customer wants, and sentences about what is wrong by field
    :rtype: tuple[CustomerOrder, dict]
    """
    errors = {}
    line = CustomerLine(
        product=_parse_variant(env, form, product, errors),
        quantity=_parse_quantity(env, form, errors),
        answers=parse_answers(env, form, product, errors),
    )
    sent = parse_wishes(env, form, files, errors, is_request)
    sent.lines = [line]
    return sent, errors


def parse_wishes(env, form, files, errors, is_request=True):
    """Read what customers say about all services of a form together.

    :param env: environment, for the language of the messages
    :param form: werkzeug MultiDict
    :param files: list of werkzeug `FileStorage`
    :param dict errors: sentences about what is wrong by field, to be added to
    :param bool is_request: whether it is asked for; who answers has to know what for
    :return: what the customer wants, without lines
    :rtype: CustomerOrder
    """
    sent = CustomerOrder(
        brief=_parse_text(env, form, "brief", MAX_BRIEF, errors),
        desired_start=_parse_start(env, form, errors),
        key=clean_key(form.get("idempotency_key")),
    )
    if is_request and not sent.brief:
        errors.setdefault("brief", env._("Please tell us what you need."))
    if not sent.key:
        errors["form"] = env._("Please send the form from its page.")
    try:
        sent.files = read_uploads(env, files)
    except UserError as error:
        errors["files"] = str(error)
    return sent


def _get_answer_name(question):
    return f"answer_{question.id}"


def _parse_variant(env, form, product, errors):
    variants = product.product_variant_ids
    if len(variants) <= 1:
        return variants
    chosen = variants.filtered(lambda one: one.id == clean_int(form.get("variant")))
    if not chosen:
        errors["variant"] = env._("Please choose one.")
    return chosen


def _parse_quantity(env, form, errors):
    quantity = clean_int(form.get("quantity") or "1")
    if not 0 < quantity <= MAX_QUANTITY:
        errors["quantity"] = env._("Please enter a whole number, at least 1.")
    return quantity


def _parse_text(env, form, name, longest, errors):
    text = clean_text(form.get(name))
    if len(text) > longest:
        errors[name] = env._("Please write at most %(max)s characters.", max=longest)
    return text


def _parse_start(env, form, errors):
    text = clean_text(form.get("desired_start"), multiline=False)
    if not text:
        return None
    today = fields.Date.today()
    try:
        start = fields.Date.to_date(text)
    except ValueError:
        start = None
    if not start or not today <= start <= today + FURTHEST_START:
        errors["desired_start"] = env._("Please choose a day to come.")
    return start


def parse_answers(env, form, product, errors):
    """Read the answers to a service's questions.

    :param env: environment, for the language of the messages
    :param form: werkzeug MultiDict
    :param product: `product.template`, as superuser
    :param dict errors: sentences about what is wrong by field, to be added to
    :return: (question, answer) pairs
    :rtype: list
    """
    answers = []
    for question in product.order_request_question_ids:
        name = _get_answer_name(question)
        answer = _parse_text(env, form, name, MAX_ANSWER, errors)
        if answer:
            answers.append((question.name, answer))
        elif question.is_required:
            errors[name] = env._("Please answer this.")
    return answers
