"""A handler of aiosmtpd that keeps mails in a Maildir, but what `BOX.answers` (JSON) says is refused:
{"MAIL": "550 …", "RCPT": {"ada@example.org": "450 …", "*": "554 …"}, "DATA": "552 …"}.

    PYTHONPATH=tests/blackbox python3 -m aiosmtpd -c picky_server.Picky BOX
"""

import json
from pathlib import Path

from aiosmtpd.handlers import Mailbox


class Picky(Mailbox):
    def answers(self):
        path = Path(str(self.mail_dir) + ".answers")
        return json.loads(path.read_text()) if path.exists() else {}

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers().get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        named = self.answers().get("RCPT", {})
        answer = named.get(address, named.get("*", "250 OK"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers().get("DATA")
        return answer or await super().handle_DATA(server, session, envelope)
