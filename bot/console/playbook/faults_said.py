"""What is wrong with a playbook, beside the field of the form that it is about."""

from __future__ import annotations

from bot.faults import is_clause, sentence
from bot.model_faults import EXPECTED, NO_QUOTES, NOT_WRITTEN, REQUIRED
from models.playbook_faults import Misfit

# A form is filled in: nobody writes there, least of all true or a quotation mark.
_IN_A_FORM = {EXPECTED["bool_type"]: "要填是或否", REQUIRED: "这里要填"}


def told(misfit: Misfit) -> str:
    """What is to be done. The field shows what stands in it, unless it is one of the names in a longer text."""
    cure = misfit.expected.removesuffix(NO_QUOTES)
    cure = _IN_A_FORM.get(cure, cure.replace("要写", "要填", 1))
    if misfit.found.startswith("{") and misfit.found.endswith("}") and "=" not in misfit.found:
        return f"{misfit.found} {cure}"
    return sentence(misfit.found, cure) if is_clause(misfit.found) and misfit.found != NOT_WRITTEN else cure
