import uuid
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.base_offerdesk.controllers.guard import PortalGuard
from odoo.addons.base_offerdesk.form_values import clean_int, clean_key, clean_text
from odoo.addons.base_offerdesk.uploads import (
    MAX_FILE_BYTES,
    MAX_FILES,
    read_uploads,
)

from .workshop import MAX_SEARCH, PAGE_SIZE
from .workshop_feed import MarketFeedPortal

WORK = "/my/market/work"
TAKE = "/my/market/take/<int:take_id>"
MAX_SUBJECT = 200
MAX_LETTER = 20_000
MAX_NOTE = 5_000
MAX_SEND_REQUEST = MAX_FILES * MAX_FILE_BYTES + 1024 * 1024
LETTERS_PER_HOUR = 120
OPEN_STATES = ("in_work", "offered", "contracted")


class MarketTakePortal(PortalGuard, MarketFeedPortal):
    """The In-work folder, and the page of an opened contact."""

    # === FOLDER ===

    @http.route(
        WORK, type="http", auth="user", methods=["GET"], website=True, readonly=True
    )
    def market_work(self, **params):
        """List the contacts that the workshop has opened, Important first."""
        workshop = self._market_workshop()
        if answer := self._market_refuse(workshop):
            return answer
        Take = self._market_own("lead.market.take", workshop)
        state = params.get("state")
        state = state if state in self._market_states() else "open"
        buyer = clean_text(params.get("buyer"), multiline=False)[:MAX_SEARCH]
        values = {
            "buyer": buyer,
            "states": self._market_states(),
            "state": state,
            "page_title": request.env._("In work"),
            "market_tab": "work",
        }
        if buyer:
            # sudo: the keys are internal; only own takes are found by them
            takes = Take.sudo()._find_buyer(workshop.partner_id, buyer)
        else:
            takes = self._market_work_page(workshop, Take, state, params, values)
        # sudo: the request of an opened contact may be closed; only its number, title
        # and category are shown
        return self._market_render(
            "lead_marketplace.portal_market_work",
            workshop,
            {"takes": takes.sudo()} | values,
        )

    def _market_states(self):
        """Return the choices of the folder.

        :rtype: dict
        """
        return {
            "open": request.env._("All in work"),
            "answered": request.env._("New answers"),
            "important": request.env._("Important"),
            "in_work": request.env._("No offer yet"),
            "offered": request.env._("Offer sent"),
            "contracted": request.env._("Contract signed"),
            "archived": request.env._("Archived"),
        }

    def _market_work_domain(self, workshop, state):
        """Return what the folder holds under a choice.

        :rtype: Domain
        """
        domain = Domain("workshop_partner_id", "=", workshop.partner_id.id)
        if state == "answered":
            return domain & Domain("new_message_count", ">", 0)
        if state == "important":
            return (
                domain
                & Domain("state", "in", OPEN_STATES)
                & Domain("important", "=", True)
            )
        if state == "open":
            return domain & Domain("state", "in", OPEN_STATES)
        return domain & Domain("state", "=", state)

    def _market_work_page(self, workshop, Take, state, params, values):
        """Return a page of the folder, and put its links into the values."""
        domain = self._market_work_domain(workshop, state)
        values["count"] = self._market_count(Take, domain)
        cursor = self._market_read_cursor(params.get("after"), 3)
        if cursor:
            values["first_url"] = f"{WORK}?{urlencode({'state': state})}"
            domain &= Take._get_keyset_domain(
                bool(cursor[0]), self._market_to_moment(cursor[1]), cursor[2]
            )
        page, older = self._market_page(
            Take.search(domain, limit=PAGE_SIZE + 1),
            lambda t: (int(t.important), self._market_to_int(t.opened_on), t.id),
        )
        if older:
            values["older_url"] = (
                f"{WORK}?{urlencode({'state': state, 'after': older})}"
            )
        return page

    # === ACCESS ===

    def _market_get_take(self, take_id):
        """Return the visitor's workshop and its take, as superuser.

        :return: both, or a take that is empty for anybody else's
        :rtype: tuple
        """
        workshop = self._market_workshop()
        # sudo: a terminated workshop is in no group any more, but reads what is its own
        take_sudo = request.env["lead.market.take"].sudo().browse(take_id).exists()
        is_own = take_sudo.workshop_partner_id == workshop.partner_id
        if take_sudo and not (is_own and workshop._may_read()):
            take_sudo = take_sudo.browse()
        return workshop, take_sudo

    def _market_edit_take(self, take_id):
        """Return a take that the visitor may work on, as superuser.

        :return: the take and None, or the answer for somebody who may not
        :rtype: tuple
        """
        workshop, take_sudo = self._market_get_take(take_id)
        if not take_sudo:
            return take_sudo, self._market_go("/my/market" if workshop else "/my")
        if not workshop._may_browse():
            self._market_notify(
                request.env._("Your workshop can only read what is here."), "warning"
            )
            return take_sudo, self._market_go(take_sudo._get_page_url())
        return take_sudo, None

    # === PAGE ===

    @http.route(
        TAKE, type="http", auth="user", methods=["GET"], website=True, readonly=True
    )
    def market_take(self, take_id, **params):
        """Show an opened contact: who it is, what was said, what is owed."""
        workshop, take_sudo = self._market_get_take(take_id)
        if not take_sudo:
            return request.redirect("/my/market" if workshop else "/my")
        show_all = params.get("all") == "1"
        conversation = take_sudo._format_conversation(
            **({"limit": None} if show_all else {})
        )
        letters = request.env["lead.market.letter"]
        if workshop._may_browse():
            letters = letters.search([("workshop_id", "=", workshop.id)])
        record_sudo = take_sudo.request_id
        return self._market_render(
            "lead_marketplace.portal_market_take",
            workshop,
            {
                "take": take_sudo,
                "request_record": record_sudo,
                "photos": self._market_photos(record_sudo).get(record_sudo.id, []),
                "conversation": conversation,
                "has_older": not show_all and take_sudo._has_older(conversation),
                "letters": letters,
                # Names the forms, so that each is taken once.
                "form_keys": [str(uuid.uuid4()), str(uuid.uuid4())],
                "draft": self._market_draft(take_sudo, letters, params),
                "may_work": workshop._may_browse(),
                "orders": take_sudo.order_ids,
                "terms_lines": (take_sudo.terms_text or "").splitlines(),
                "reasons": take_sudo._fields["outcome_reason"]._description_selection(
                    request.env
                ),
                "page_title": record_sudo.name or record_sudo.number,
                "market_tab": "work",
            },
        )

    def _market_draft(self, take_sudo, letters, params):
        """Return what the composer starts with.

        What was refused comes back first, then a chosen template, then what was said
        on the phone.

        :rtype: dict
        """
        kept = request.session.pop(f"market_letter_{take_sudo.id}", None)
        if kept:
            return kept
        letter = letters.filtered(lambda r: r.id == clean_int(params.get("letter")))
        if letter:
            return {
                "letter": letter.id,
                **letter._fill(take_sudo, request.env.user),
            }
        subject = request.env._(
            "Your request “%(title)s” (%(number)s)",
            title=take_sudo.request_id.name or "",
            number=take_sudo.request_id.number,
        )
        talk = take_sudo._find_talk(clean_int(params.get("talk")))
        return {"subject": subject, "body": take_sudo._prepare_talk_letter(talk)}

    @http.route(
        f"{TAKE}/photo/<int:photo_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def market_take_photo(self, take_id, photo_id, size="", **_params):
        """Serve a photo of an opened request, also after it was closed."""
        _workshop, take_sudo = self._market_get_take(take_id)
        record_sudo = take_sudo.request_id
        if photo_id not in self._market_photos(record_sudo).get(record_sudo.id, []):
            raise NotFound()
        return self._market_send_photo(photo_id, size)

    @http.route(
        f"{TAKE}/file/<int:file_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def market_take_file(self, take_id, file_id, **_params):
        """Serve a file of the conversation."""
        _workshop, take_sudo = self._market_get_take(take_id)
        file_sudo = request.env["ir.attachment"]
        if take_sudo:
            file_sudo = take_sudo._get_conversation(limit=None).attachment_ids.filtered(
                lambda attachment: attachment.id == file_id
            )
        if not file_sudo:
            raise NotFound()
        return (
            request.env["ir.binary"]
            ._get_stream_from(file_sudo)
            .get_response(as_attachment=True)
        )

    # === WORK ===

    @http.route(
        f"{TAKE}/important", type="http", auth="user", methods=["POST"], website=True
    )
    def market_take_important(self, take_id, **params):
        """Mark a take as important, or not any more."""
        take_sudo, refusal = self._market_edit_take(take_id)
        if refusal:
            return refusal
        take_sudo._set_important(params.get("important") == "1")
        if params.get("back") == "work":
            return self._market_go(WORK)
        return self._market_go(take_sudo._get_page_url())

    @http.route(
        f"{TAKE}/read", type="http", auth="user", methods=["POST"], website=True
    )
    def market_take_read(self, take_id, **_params):
        """Take the mark of new answers away."""
        take_sudo, refusal = self._market_edit_take(take_id)
        if refusal:
            return refusal
        take_sudo._mark_read()
        return self._market_go(take_sudo._get_page_url())

    @http.route(
        f"{TAKE}/note", type="http", auth="user", methods=["POST"], website=True
    )
    def market_take_note(self, take_id, **params):
        """Keep the workshop's own note."""
        take_sudo, refusal = self._market_edit_take(take_id)
        if refusal:
            return refusal
        take_sudo._touch(note=clean_text(params.get("note"))[:MAX_NOTE])
        self._market_notify(request.env._("Your note is saved."))
        return self._market_go(take_sudo._get_page_url())

    @http.route(
        f"{TAKE}/archive", type="http", auth="user", methods=["POST"], website=True
    )
    def market_take_archive(self, take_id, **params):
        """Put a take away for a reason, or take it up again."""
        take_sudo, refusal = self._market_edit_take(take_id)
        if refusal:
            return refusal
        reason = params.get("reason")
        if params.get("undo") == "1":
            take_sudo._unarchive_take()
            self._market_notify(request.env._("The request is in work again."))
        elif reason in dict(take_sudo._fields["outcome_reason"].selection):
            take_sudo._archive_take(reason)
            self._market_notify(self._market_archived_text())
        else:
            self._market_notify(request.env._("Please choose a reason."), "danger")
        return self._market_go(take_sudo._get_page_url())

    def _market_archived_text(self):
        return request.env._(
            "Archived. Should this customer order from you after all, the order is "
            "still to be declared."
        )

    # === CONVERSATION ===

    @http.route(
        f"{TAKE}/talk", type="http", auth="user", methods=["POST"], website=True
    )
    def market_take_talk(self, take_id, **params):
        """Note a talk on the phone, and lead on to the letter that repeats it."""
        take_sudo, refusal = self._market_edit_take(take_id)
        if refusal:
            return refusal
        summary = clean_text(params.get("summary"))[:MAX_NOTE]
        url = take_sudo._get_page_url()
        if not summary:
            self._market_notify(
                request.env._("Please write what was said on the phone."), "danger"
            )
            return self._market_go(url)
        key = clean_key(params.get("key"))
        talk = take_sudo._log_talk(request.env.user, summary, key)
        if params.get("important") == "1":
            take_sudo._set_important(True)
        if not take_sudo.customer_email:
            return self._market_go(url)
        self._market_notify(
            request.env._("Noted. Now repeat it in writing: the letter is prepared.")
        )
        return self._market_go(f"{url}?talk={talk.id}#composer")

    @http.route(
        f"{TAKE}/send",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_SEND_REQUEST,
    )
    def market_take_send(self, take_id, **params):
        """Mail a letter to the customer."""
        take_sudo, refusal = self._market_edit_take(take_id)
        if refusal:
            return refusal
        letter = {
            "subject": clean_text(params.get("subject"), multiline=False),
            "body": clean_text(params.get("body")),
            "key": clean_key(params.get("key")),
        }
        sent = self._market_try(lambda: self._market_send(take_sudo, letter))
        url = take_sudo._get_page_url()
        if sent is None:
            request.session[f"market_letter_{take_sudo.id}"] = {
                "subject": letter["subject"][:MAX_SUBJECT],
                "body": letter["body"][:MAX_LETTER],
            }
            return self._market_go(f"{url}#composer")
        self._market_notify(request.env._("Your letter is on its way."))
        return self._market_go(f"{url}#conversation")

    def _market_send(self, take_sudo, letter):
        """Check a letter and have it sent.

        :param dict letter: ``subject``, ``body`` and ``key``
        :return: the message
        :raise UserError: with a sentence for the visitor
        """
        if not letter["subject"] or not letter["body"]:
            raise UserError(request.env._("Please write a subject and a letter."))
        if len(letter["subject"]) > MAX_SUBJECT or len(letter["body"]) > MAX_LETTER:
            raise UserError(
                request.env._(
                    "The letter is too long: %(length)s characters, at most %(max)s "
                    "are possible.",
                    length=len(letter["body"]),
                    max=MAX_LETTER,
                )
            )
        files = request.httprequest.files.getlist("attachments")
        attachments = read_uploads(request.env, files)
        sent = self._guard_count("market_letter", f"user-{request.env.uid}", 3600)
        if sent > LETTERS_PER_HOUR:
            raise UserError(
                request.env._("Too many letters. Please try again in an hour.")
            )
        return take_sudo._send_letter(
            request.env.user,
            letter["subject"],
            letter["body"],
            attachments,
            letter["key"],
        )
