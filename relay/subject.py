"""Is the subject line something that the person wrote? Text in, text out. Never raises.

Kept where it is neither ours nor a mere reply or forward form of anything (INTERFACE: Small print, Subject). Prefixes
as mail programs put them, also numbered ("Re[2]:", "Re^2:"), in Latin, Cyrillic, Greek, Hebrew, Arabic and CJK forms.
"""

from __future__ import annotations

import re
from collections.abc import Collection

PREFIX = re.compile(
    r"\s*(?:re|r|aw|antw|antwort|sv|vs|vl|res|rif|rép|odp|ynt|vá|atb|ats|hà|bls|απ|σχετ|תגובה|رد|回复|回覆|答复|返信|답장"
    r"|fwd?|wg|wtr|tr|rv|enc|i|pd|vb|doorst|továbbítás|trs|fs|π|προώθ|הועבר|转发|轉寄|転送|전달|отв|ответ|пересл)"
    r"\s*(?:[\[(^]?\d+[\])]?)?\s*[:\uff1a]",
    re.IGNORECASE,
)


def written_subject(subject: str, own: Collection[str]) -> str:
    """Give the subject where a person wrote it, else "". `own` are the subjects of our notifications, casefolded."""
    folded = " ".join(subject.split())
    if PREFIX.match(folded) or folded.casefold() in own:
        return ""
    return folded
