from odoo import api, models
from odoo.tools import get_lang


class RfqDesignVersion(models.Model):
    """What people read of a configuration."""

    _inherit = "rfq.design.version"

    def _get_rows(self, inputs):
        """Return what people read of a configuration, in the language of the context
        (single record).

        :param dict inputs: canonical choices, None where the customer chose nothing
        :return: dicts with ``code``, ``label``, ``group``, ``type``, ``unit``,
            ``value`` (canonical), ``number``, ``text``, ``default``, ``default_text``,
            ``modified``, ``internal``
        :rtype: list
        """
        self.ensure_one()
        engine = self._get_engine()
        result = engine.evaluate(inputs, ".")
        return [
            self._prepare_row(engine, parameter, result)
            for parameter in self._get_public_definition(self._get_lang())["parameters"]
            if parameter["code"] not in result["hidden"]
        ]

    def _prepare_row(self, engine, parameter, result):
        code = parameter["code"]
        value = result["values"][code]
        default = None
        if parameter["type"] != "derived":
            default = engine.get_default(code, result["values"])
        return {
            "code": code,
            "label": parameter.get("label") or code,
            "group": parameter.get("group") or "",
            "type": parameter["type"],
            "unit": parameter.get("unit") or "",
            "value": self._get_canonical(parameter, value),
            "number": value if isinstance(value, float) else None,
            "text": self._format_value(parameter, value),
            "default": self._get_canonical(parameter, default),
            "default_text": self._format_value(parameter, default),
            "modified": code in result["modified"],
            "internal": parameter.get("customer_visible") is False,
        }

    @api.model
    def _get_canonical(self, parameter, value):
        if value is None or not isinstance(value, float):
            return value
        decimals = parameter.get("decimals", 6)
        text = f"{value:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    @api.model
    def _format_value(self, parameter, value):
        """Return a value as people read it, without its unit.

        :rtype: str
        """
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        if parameter["type"] == "selection":
            labels = {
                option["code"]: option.get("label") for option in parameter["options"]
            }
            return labels.get(value) or value
        if isinstance(value, float):
            return self._format_number(self._get_canonical(parameter, value))
        return value

    @api.model
    def _format_number(self, canonical):
        """Return a canonical number in the language of the context.

        :rtype: str
        """
        decimals = len(canonical.partition(".")[2])
        lang = self.env["res.lang"].browse(get_lang(self.env).id)
        return lang.format(f"%.{decimals}f", float(canonical), grouping=True)

    def _describe_issue(self, issue):
        """Return what an issue of an evaluation means to a customer, in the language of
        the context (single record).

        :param dict issue: see `Definition.evaluate`
        :rtype: str
        """
        self.ensure_one()
        definition = self._get_public_definition(self._get_lang())
        if issue["rule"] is not None:
            message = definition["rules"][issue["rule"]].get("message")
            if message and issue["issue"] == "rule":
                return message
        parameter = next(
            (
                one
                for one in definition["parameters"]
                if one["code"] == issue["parameter"]
            ),
            None,
        )
        if not parameter:
            return self._describe_whole(issue)
        return self._describe_parameter(
            issue, parameter.get("label") or parameter["code"], parameter
        )

    def _describe_whole(self, issue):
        if issue["issue"] == "unknown":
            return self.env._(
                "“%(code)s” is no part of this design.", code=issue["parameter"]
            )
        if issue["issue"] == "undecided":
            return self.env._("Something is not chosen yet.")
        return self.env._("These choices don't go together.")

    def _describe_parameter(self, issue, label, parameter):
        limit = ""
        if issue["limit"] is not None:
            canonical = self._get_canonical(parameter, issue["limit"])
            limit = f"{self._format_number(canonical)} {parameter.get('unit', '')}"
        texts = {
            "required": self.env._("%(label)s: please choose.", label=label),
            "number": self.env._("%(label)s: please enter a number.", label=label),
            "type": self.env._("%(label)s: this is not possible here.", label=label),
            "min": self.env._(
                "%(label)s: at least %(limit)s.", label=label, limit=limit.strip()
            ),
            "max": self.env._(
                "%(label)s: at most %(limit)s.", label=label, limit=limit.strip()
            ),
            "option": self.env._(
                "%(label)s: please choose one of the options.", label=label
            ),
            "text": self.env._(
                "%(label)s has characters that can't be used.", label=label
            ),
            "long": self.env._("%(label)s is too long.", label=label),
            "undecided": self.env._(
                "%(label)s depends on another choice.", label=label
            ),
        }
        return texts.get(issue["issue"]) or self.env._(
            "%(label)s does not go with your other choices.", label=label
        )

    def _describe_result(self, result):
        """Return why a configuration can't be sent (single record).

        :param dict result: of an evaluation
        :rtype: str
        """
        self.ensure_one()
        issues = [one for one in result["issues"] if one["severity"] == "error"] or [
            one for one in result["issues"] if one["severity"] == "incomplete"
        ]
        # What is wrong leaves other rules undecided, which says nothing more.
        messages = map(self._describe_issue, issues)
        if not issues:
            return self.env._(
                "Something is wrong with this design. Please write to us instead."
            )
        return "\n".join(dict.fromkeys(messages))
