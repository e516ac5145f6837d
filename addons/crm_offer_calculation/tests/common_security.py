from uuid import uuid4

from odoo.tests import new_test_user

from odoo.addons.offerdesk_test_support.http_case import Route, RouteCase
from odoo.addons.offerdesk_test_support.matrix import (
    PRINCIPALS as COMMON_PRINCIPALS,
)
from odoo.addons.offerdesk_test_support.matrix import MatrixMixin, Principal
from odoo.addons.offerdesk_test_support.templates import KeptTemplatesCase

from .common import OfferCommon
from .common_portal import BROWSER, PIXEL

OFFER = {"offer_id": lambda case: case.offer.id}
VARIANT = {"order_id": lambda case: case.variant.id}


def _offer_fields(case, **extra):
    return {"access_token": case.offer.access_token, **extra}


def _variant_fields(case, **extra):
    return {"access_token": case.variant.access_token, **extra}


PAGE = Route(
    "/my/variants/<int:offer_id>",
    path=OFFER,
    fields=lambda case: _offer_fields(
        case, notice="chosen", pid=str(case.contact.id), hash=case.hash
    ),
    writes=True,
    shows=lambda case: "Our offer",
)
CHOOSE = Route(
    "/my/variants/<int:offer_id>/choose",
    verb="POST",
    path=OFFER,
    fields=lambda case: _offer_fields(
        case,
        variant=str(case.variant.id),
        pid=str(case.contact.id),
        hash=case.hash,
    ),
    good="303 /my/orders/<id>",
    writes=True,
)
OWN_ROUTES = [PAGE, CHOOSE]
# Routes of the core that ours stand in front of.
ORDER_PAGE = Route(
    "/my/orders/<int:order_id>",
    path=VARIANT,
    fields=_variant_fields,
    writes=True,
    shows=lambda case: case.variant.name,
    ours=False,
)
ACCEPT = Route(
    "/my/orders/<int:order_id>/accept",
    verb="POST",
    kind="jsonrpc",
    path=VARIANT,
    fields=lambda case: _variant_fields(case, name="Bea", signature=PIXEL),
    good="ok",
    writes=True,
    ours=False,
)
DECLINE = Route(
    "/my/orders/<int:order_id>/decline",
    verb="POST",
    path=VARIANT,
    fields=lambda case: _variant_fields(case, decline_message="No."),
    good="303 /my/orders/<id>",
    writes=True,
    ours=False,
)
CORE_ROUTES = [ORDER_PAGE, ACCEPT, DECLINE]
PRINCIPALS = (*COMMON_PRINCIPALS, Principal("seller", "seller"))


class OfferSecurityCase(RouteCase, KeptTemplatesCase, OfferCommon):
    """An offer with three variants, another customer's, and everybody who may look."""

    fingerprint_modules = (
        *("base", "mail", "base_offerdesk", "payment", "account", "sale", "crm"),
        *("sale_crm", "crm_offer_calculation"),
    )
    fingerprint_ignored = ("portal_throttle",)
    secrets = ("Beware of them",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(cls.env, "offer_employee", groups="base.group_user")
        cls.contact = cls.portal_user.partner_id
        colleague = cls._create_user("offer_colleague", "base.group_portal", "Ben Blum")
        colleague.partner_id.parent_id = cls.customer
        cls.offer = cls._create_offer(
            [cls.window], [cls.window, cls.glazing], [cls.window, cls.door]
        )
        cls._send(cls.offer)
        cls.offer.message_post(body="Beware of them")
        cls.offer._add_variant()
        cls.variant = cls.offer.variant_ids.filtered(
            lambda order: order.variant_label == "A"
        )
        stranger = cls.stranger_user.partner_id
        cls.foreign = cls._create_offer(
            [cls.door], lead=cls._create_lead(partner_id=stranger.id)
        )
        cls._send(cls.foreign)
        for document in (
            cls.offer + cls.foreign,
            cls.offer.variant_ids + cls.foreign.variant_ids,
        ):
            for one in document:
                one._portal_ensure_token()
        cls.hash = cls.offer._sign_token(cls.contact.id)
        cls.env.flush_all()
        cls.cr.precommit.run()  # what is tracked would be written by some test else

    def send(self, route, fields=None, verb=None, path=None, headers=None, **kwargs):
        headers = {**BROWSER, **(headers or {})}
        return super().send(route, fields, verb, path, headers, **kwargs)


class OfferMatrixCase(MatrixMixin, OfferSecurityCase):
    principals = PRINCIPALS
    verbs = ("GET", "POST")

    def login_of(self, role):
        return {
            "owner": "offer_portal",
            "colleague": "offer_colleague",
            "stranger": "offer_stranger",
            "employee": "offer_employee",
            "other salesperson": "offer_other_seller",
            "seller": "offer_seller",
        }[role]

    def token_of(self, kind, route):
        is_offer = route.path is OFFER
        document = self.offer if is_offer else self.variant
        foreign = self.foreign if is_offer else self.foreign.variant_ids
        return {
            "right": document.access_token,
            "wrong": str(uuid4()),
            "other": foreign.access_token,
            "rotated": self.old_tokens[document],
            "odd": "é\x00" + str(uuid4()),
        }[kind]

    def _rotate_tokens(self):
        """Give all documents new links; what was sent before is worth nothing."""
        self.old_tokens = {}
        for document in (self.offer, self.variant):
            self.old_tokens[document] = document.access_token
            document.sudo().access_token = str(uuid4())
