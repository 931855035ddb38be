"""Formulas of Word on one line: a/b, x^2, √(x)."""

from __future__ import annotations

from typing import Any

from rag.documents.office.package import child, local, value


def formula(element: Any) -> str:
    """The characters of an `oMath` element, with signs for what its layout says."""
    name = local(element)
    if name == "t":
        return element.text or ""
    if name.endswith("Pr"):
        return ""
    parts = {local(each): formula(each) for each in element}
    match name:
        case "f":
            return f"{_grouped(parts.get('num', ''))}/{_grouped(parts.get('den', ''))}"
        case "sSup":
            return f"{parts.get('e', '')}^{_grouped(parts.get('sup', ''))}"
        case "sSub":
            return f"{parts.get('e', '')}_{_grouped(parts.get('sub', ''))}"
        case "sSubSup":
            below, above = _grouped(parts.get("sub", "")), _grouped(parts.get("sup", ""))
            return f"{parts.get('e', '')}_{below}^{above}"
        case "rad":
            return f"{parts.get('deg', '')}√({parts.get('e', '')})"
        case "nary":
            sign = value(element, "naryPr", "chr", default="∫")
            limits = f"_{_grouped(parts.get('sub', ''))}^{_grouped(parts.get('sup', ''))}"
            return f"{sign}{limits if limits != '_^' else ''} {parts.get('e', '')}"
        case "d":
            bounds = child(element, "dPr")
            opening, closing = (
                value(bounds, "begChr", default="("),
                value(bounds, "endChr", default=")"),
            )
            inside = [formula(each) for each in element if local(each) == "e"]
            return opening + ", ".join(inside) + closing
    return "".join(formula(each) for each in element)


def _grouped(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"({text})"
