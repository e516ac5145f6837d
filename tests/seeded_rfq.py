"""Mistakes to seed into designs that customers configure; see seeded_defects.py."""

from functools import partial

from seeded_defect import Defect

RfqDefect = partial(Defect, addon="rfq_configurator")
ListDefect = partial(Defect, addon="website_rfq_configurator")
PAGE, PORTAL = "controllers/configurator.py", "controllers/portal_request.py"
ACCESS, DESIGN = "models/rfq_design_access.py", "models/rfq_design_visitor.py"
REQUEST, SUBMIT = "models/rfq_request.py", "models/rfq_request_submit.py"
SELLER, RETENTION = "models/rfq_request_seller.py", "models/rfq_request_retention.py"
VERSION, DRAFT = "models/rfq_design_version.py", "models/rfq_request_draft.py"

RFQ_DEFECTS = [
    RfqDefect(
        "any-token-opens-a-request",
        [(PORTAL, "if token and rfq_sudo._is_own_link(token):", "if token:")],
        "TestSecurityAccess.test_matrix",
    ),
    RfqDefect(
        "any-login-sees-requests",
        [
            (
                PORTAL,
                "            not user._is_public()\n"
                "            and rfq_sudo.partner_id.commercial_partner_id\n"
                "            == user.partner_id.commercial_partner_id\n",
                "            not user._is_public()\n",
            )
        ],
        "TestSecurityAccess.test_matrix",
    ),
    RfqDefect(
        "file-of-another-request",
        [
            (
                PORTAL,
                "attachments.filtered(lambda one: one.id == attachment_id)",
                "attachments.browse(attachment_id)",
            )
        ],
        "TestRequestFiles.test_files_of_another_request",
    ),
    RfqDefect(
        "revoked-link-opens",
        [(ACCESS, "lambda access: not access.revoked\n", "lambda access: True\n")],
        "TestSecurityRevocation.test_revoked_link",
    ),
    RfqDefect(
        "expired-link-opens",
        [
            (
                ACCESS,
                "not (access.expires_on and access.expires_on < today)",
                "True",
            )
        ],
        "TestSecurityRevocation.test_expired_link",
    ),
    RfqDefect(
        "link-of-another-design",
        [
            (
                DESIGN,
                "access = self.access_ids.filtered("
                "lambda one: consteq(one.token, token))",
                'access = self.access_ids.search([("token", "=", token)])',
            )
        ],
        "TestDesign.test_token_of_another_design",
    ),
    RfqDefect(
        "unpublished-design-opens",
        [
            (
                DESIGN,
                '[("code", "=", code), ("state", "=", "published")]',
                '[("code", "=", code)]',
            )
        ],
        "TestDesign.test_unpublished_and_unknown_look_alike",
    ),
    RfqDefect(
        "definition-of-an-invited-design",
        [(DESIGN, "\n                \" AND design.access_mode = 'public'\"", "")],
        "TestDesign.test_definition_of_what_is_open",
    ),
    RfqDefect(
        "definition-of-an-unpublished-design",
        [(DESIGN, " AND design.state = 'published'", "")],
        "TestDesign.test_definition_of_what_is_open",
    ),
    RfqDefect(
        "definition-by-a-revoked-link",
        [(PAGE, "        if not self._get_token(code):", "        if True:")],
        "TestConfiguratorAccess.test_revoked_while_open_to_everybody",
    ),
    RfqDefect(
        "hidden-price-is-shown",
        [(DESIGN, 'if self.price_display == "indicative":', "if True:")],
        "TestConfiguratorCalls.test_price_only_if_shown",
    ),
    RfqDefect(
        "failed-tests-are-published",
        [
            (
                "models/rfq_design_publish.py",
                "        if failed:\n",
                "        if False:\n",
            )
        ],
        "TestDesign.test_failing_rule_test_blocks_publishing",
    ),
    RfqDefect(
        "versions-change",
        [
            (
                VERSION,
                "        if self:\n            raise",
                "        if False:\n            raise",
            )
        ],
        "TestDesign.test_version_never_changes",
    ),
    RfqDefect(
        "old-version-is-taken",
        [(SUBMIT, "if version.sha256 != form.version_sha:", "if False:")],
        "TestSubmit.test_page_open_across_a_publish",
    ),
    RfqDefect(
        "broken-rules-are-taken",
        [(SUBMIT, 'if not result["valid"]:', "if False:")],
        "TestSubmit.test_refused_and_nothing_kept",
    ),
    RfqDefect(
        "form-of-somebody-else",
        [
            (
                SUBMIT,
                'self.partner_id.id != vals["partner_id"]\n            or any(',
                "any(",
            )
        ],
        "TestSubmit.test_key_of_somebody_else",
    ),
    RfqDefect(
        "draft-of-somebody-else",
        [(DRAFT, "            and one.partner_id == partner\n", "")],
        "TestDrafts.test_drafts_of_somebody_else",
    ),
    RfqDefect(
        "guest-is-taken-for-a-customer",
        [
            (
                SUBMIT,
                "partner_sudo = self._get_asking_partner(access).sudo()\n",
                "partner_sudo = self._get_asking_partner(access).sudo()\n"
                '        known = [("email", "=", contact.get("email"))]\n'
                "        partner_sudo = partner_sudo or partner_sudo.search("
                "known, limit=1)\n",
            )
        ],
        "TestSubmit.test_guest_is_not_taken_for_a_customer",
    ),
    RfqDefect(
        "removed-file-is-sent",
        [
            (
                REQUEST,
                "        if self.purged_on:\n            raise Purged",
                "        if False:\n            raise Purged",
            )
        ],
        "TestMyRfqs.test_removed",
    ),
    RfqDefect(
        "legal-hold-holds-nothing",
        [
            (
                RETENTION,
                '            ("legal_hold", "=", False),\n'
                '            ("purge_after", "<=", fields.Date.today()),\n',
                '            ("purge_after", "<=", fields.Date.today()),\n',
            )
        ],
        "TestRetention.test_legal_hold",
    ),
    RfqDefect(
        "conversation-stays",
        [(RETENTION, "            request_sudo._purge_messages()\n", "")],
        "TestRetention.test_purged_after_its_time",
    ),
    RfqDefect(
        "new-time-ends-at-once",
        [(RETENTION, "ends = days and max(", "ends = days and min(")],
        "TestRetention.test_redated_never_before_tomorrow",
    ),
    RfqDefect(
        "draft-is-made-twice",
        [(SELLER, "if draft := self._get_draft_quotation():", "if draft := None:")],
        "TestAnswers.test_quotation_that_is_being_written",
    ),
    RfqDefect(
        "full-disk-is-an-error",
        [(PAGE, "except OSError as error:", "except ZeroDivisionError as error:")],
        "TestSecurityStorage.test_request",
    ),
    RfqDefect(
        "part-of-a-file-stays",
        [
            (
                "../base_offerdesk/models/ir_attachment.py",
                "                    os.unlink(path)\n",
                "                    pass\n",
            )
        ],
        "TestSecurityStorage.test_request",
    ),
    RfqDefect(
        "two-quote-at-once",
        [(SELLER, "        self._take_turn()\n", "")],
        "tests/test_rfq_concurrency.py::test_two_sellers_quote_at_once",
    ),
    ListDefect(
        "captcha-is-not-asked",
        [
            (
                "../rfq_configurator/controllers/configurator.py",
                '        request.env["ir.http"]._verify_request_recaptcha_token('
                '"rfq_submit")\n',
                "",
            )
        ],
        "TestCaptcha.test_nothing_is_sent_without",
    ),
    ListDefect(
        "invited-designs-are-listed",
        [
            (
                "models/rfq_design.py",
                '                ("access_mode", "=", "public"),\n',
                "",
            )
        ],
        "TestDesigns.test_only_what_everybody_may_see",
    ),
]
