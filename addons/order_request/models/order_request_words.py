from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime

from odoo import api, fields, models
from odoo.tools import format_list
from odoo.tools.misc import babel_locale_parse, get_lang


class OrderRequest(models.Model):
    """Why something is a request now, in the words of customers."""

    _inherit = "order.request"

    @api.model
    def _describe_gate(self, result, seller_tz, services=()):
        """Return why a customer can't order at once, and until when.

        :param gate.Result result: answer of the gate
        :param str seller_tz: time zone of the seller's hours
        :param services: names of what it is about, where that is not plain
        :return: some sentences, none when the order is possible at once
        :rtype: str
        """
        if result.outcome == "direct":
            return ""
        until = result.until and self._format_moment(result.until, seller_tz)
        if result.reason == "away":
            sentences = [self._describe_absence(result.outcome, until)]
        else:
            sentences = [self._describe_reason(result.reason)]
            if until:
                sentences.append(
                    self.env._("You can order directly from %(time)s.", time=until)
                )
        if services:
            names = format_list(self.env, services)
            sentences.append(self.env._("This concerns: %(services)s.", services=names))
        return " ".join(sentences)

    @api.model
    def _describe_reason(self, reason):
        if reason == "first_time":
            return self.env._(
                "This is your first order with us, so we look at it together with you "
                "before it starts."
            )
        if reason == "service_always":
            return self.env._(
                "This is made to measure: we look at each order before it starts."
            )
        return self.env._("We look at each order before it starts.")

    def _describe_why(self):
        """Return to the customer why this is a request and no order (single record).

        :return: a sentence, none when the customer wanted to ask first
        :rtype: str
        """
        self.ensure_one()
        if self.gate_reason == "voluntary":
            return ""
        if self.gate_reason == "away":
            return self.env._("We are away at the moment, so we answer later.")
        return self._describe_reason(self.gate_reason)

    @api.model
    def _describe_absence(self, outcome, until):
        if outcome == "closed":
            return self.env._(
                "We are away. You can order again from %(time)s.", time=until
            )
        return self.env._(
            "We are away until %(time)s. Send us a request, and we answer when we are "
            "back.",
            time=until,
        )

    @api.model
    def _format_moment(self, moment, seller_tz):
        """Return a moment by the seller's clock and, where it differs, the reader's.

        Who reads it somewhere unknown is told whose clock it is.

        :param datetime moment: aware
        :param str seller_tz: time zone of the seller's hours
        :rtype: str
        """
        theirs = moment.astimezone(ZoneInfo(seller_tz))
        text = self._format_clock(theirs)
        reader_tz = self.env.context.get("tz") or self.env.user.tz
        try:
            ours = moment.astimezone(ZoneInfo(reader_tz or ""))
        except (ZoneInfoNotFoundError, ValueError):
            return f"{text} ({seller_tz})"
        if ours.utcoffset() == theirs.utcoffset():
            return text
        return self.env._(
            "%(time)s (%(local_time)s your time)",
            time=text,
            local_time=self._format_clock(ours),
        )

    @api.model
    def _format_clock(self, local):
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_datetime(local, "EEE d MMM, HH:mm", locale=locale)

    def _format_seller_time(self, moment):
        """Return a moment by the seller's clock, and which that is (single record).

        :param datetime moment: UTC, as it is stored
        :return: nothing for no moment: Odoo tries a mail with any request before it
            saves its text
        :rtype: str
        """
        self.ensure_one()
        if not moment:
            return ""
        zone = self._get_policy().tz or "UTC"
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return f"{self._format_clock(local)} ({zone})"
