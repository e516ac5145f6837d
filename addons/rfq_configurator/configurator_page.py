"""What the page of a design shows of its parameters; decides nothing."""

from .definition import parse_number

# Beyond it, options are a list to unfold.
MAX_RADIOS = 8
# A number that is bounded by the language only has no slider.
MAX_SLIDER = 1e6
LONG_TEXT = 80
NUMBERS = ("integer", "float")
PREFIX = "p_"


def read_inputs(form, definition):
    """Return what a form says about parameters, as texts by their codes.

    Of several values of one name the last counts: before a box that can be ticked
    there is a field that says it isn't.

    :param form: a MultiDict
    :rtype: dict
    """
    codes = _entered(definition)
    return {
        code: form.getlist(f"{PREFIX}{code}")[-1][:10000]
        for code in codes
        if f"{PREFIX}{code}" in form
    }


def read_link(arguments, definition):
    """Return the inputs of a link that opens a configuration.

    Links have one writing of numbers, whatever the language of who opens them.

    :rtype: dict
    """
    inputs = read_inputs(arguments, definition)
    for parameter in definition["parameters"]:
        text = inputs.get(parameter["code"])
        if text and parameter["type"] in NUMBERS:
            number = parse_number(text, ".")
            inputs[parameter["code"]] = text if number is None else number
    return inputs


def read_json(inputs, definition):
    """Return what a script says about parameters that customers decide.

    :param inputs: anything
    :rtype: dict
    """
    inputs = inputs if isinstance(inputs, dict) else {}
    return {code: inputs[code] for code in _entered(definition) if code in inputs}


def list_problems(result):
    """Return the issues that keep a configuration from being sent.

    Rules that can't be decided yet are left out where there is something that can be
    done about.

    :rtype: list[dict]
    """
    problems = [one for one in result["issues"] if one["severity"] != "warning"]
    return [one for one in problems if one["issue"] != "undecided"] or problems


def _entered(definition):
    return [
        parameter["code"]
        for parameter in definition["parameters"]
        if parameter["type"] != "derived" and parameter.get("customer_visible", True)
    ]


def format_number(number, decimals, decimal_point):
    """Return a number in the customer's writing, without zeros that say nothing.

    :rtype: str
    """
    text = f"{number:.{decimals}f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return short.replace(".", decimal_point)


class ConfiguratorPage:
    """The fields of a design for one configuration.

    :param dict definition: parameters and rules
    :param dict result: what the configuration was evaluated to
    :param dict typed: inputs as they were sent; shown again if they can't be used
    :param str decimal_point: of the customer's language
    """

    def __init__(self, definition, result, typed, decimal_point):
        self.definition = definition
        self.result = result
        self.typed = typed
        self.messages = self._collect_messages()
        self.decimal_point = decimal_point

    def _collect_messages(self):
        messages = {}
        for issue in list_problems(self.result):
            messages.setdefault(issue["parameter"], []).append(issue["message"])
        return messages

    def groups(self):
        """Return the fields to fill in, in their groups.

        :rtype: list[dict]
        """
        groups = {}
        codes = _entered(self.definition)
        for parameter in self.definition["parameters"]:
            if parameter["code"] in codes:
                group = parameter.get("group") or ""
                groups.setdefault(group, []).append(self._field(parameter))
        return [{"name": name, "fields": fields} for name, fields in groups.items()]

    def derived(self):
        """Return what is calculated, as dicts of code, label and text.

        :rtype: list[dict]
        """
        return [
            {
                "code": parameter["code"],
                "label": parameter.get("label") or parameter["code"],
                "text": self._describe(parameter, parameter["code"]) or "–",
            }
            for parameter in self.definition["parameters"]
            if parameter["type"] == "derived"
            and parameter.get("customer_visible", True)
        ]

    def _describe(self, parameter, code):
        value = self.result["values"].get(code)
        if value is None or isinstance(value, bool):
            return ""
        if isinstance(value, str):
            return value
        text = format_number(value, 3, self.decimal_point)
        return f"{text} {parameter['unit']}" if parameter.get("unit") else text

    def _field(self, parameter):
        code = parameter["code"]
        field = {
            "code": code,
            "name": f"{PREFIX}{code}",
            "id": f"rfq_{code}",
            "label": parameter.get("label") or code,
            "help": parameter.get("help"),
            "unit": parameter.get("unit"),
            "type": parameter["type"],
            "widget": self._widget(parameter),
            "is_required": parameter.get("required", False),
            "is_hidden": code in self.result["hidden"],
            "is_modified": code in self.result["modified"],
            "messages": self.messages.get(code, []),
            "value": self._value(parameter),
            "hint": "",
            "max_length": parameter.get("max_length"),
        }
        if parameter["type"] in NUMBERS:
            field.update(self._slider(parameter))
        elif parameter["type"] == "selection":
            field["options"] = self._options(parameter)
        return field

    def _widget(self, parameter):
        kind = parameter["type"]
        if kind == "selection":
            return "radios" if len(parameter["options"]) <= MAX_RADIOS else "select"
        if kind == "text" and parameter["max_length"] > LONG_TEXT:
            return "textarea"
        return {"boolean": "checkbox", "text": "text"}.get(kind, "number")

    def _value(self, parameter):
        """Return the text in a field: what was typed if there is no value."""
        code = parameter["code"]
        value = self.result["values"].get(code)
        if value is None:
            typed = self.typed.get(code)
            return typed if isinstance(typed, str) else ""
        if isinstance(value, bool):
            return "true" if value else ""
        if isinstance(value, str):
            return value
        return format_number(value, parameter["decimals"], self.decimal_point)

    def _slider(self, parameter):
        bounds = self.result["limits"].get(
            parameter["code"], [parameter["min"], parameter["max"]]
        )
        hint = [
            format_number(bound, parameter["decimals"], self.decimal_point)
            for bound in bounds
        ]
        step = parameter["step"] or 10.0 ** -parameter["decimals"]
        is_bounded = max(abs(parameter["min"]), abs(parameter["max"])) <= MAX_SLIDER
        return {
            "is_bounded": is_bounded,
            "hint": hint if is_bounded else None,
            "min": format_number(parameter["min"], parameter["decimals"], "."),
            "max": format_number(parameter["max"], parameter["decimals"], "."),
            "step": format_number(step, parameter["decimals"], "."),
            "position": self.result["values"].get(parameter["code"]),
        }

    def _options(self, parameter):
        value = self.result["values"].get(parameter["code"])
        blocked = self.result["blocked"].get(parameter["code"], [])
        return [
            {
                "code": option["code"],
                "label": option.get("label") or option["code"],
                "swatch": option.get("swatch"),
                "is_chosen": option["code"] == value,
                "is_blocked": option["code"] in blocked,
            }
            for option in parameter["options"]
        ]
