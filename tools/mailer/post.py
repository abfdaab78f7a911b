"""The local SMTP server, which keeps and delivers what it has taken, and what its refusals mean."""

import datetime
import email.errors
import email.headerregistry
import email.message
import email.utils
import re
import smtplib
import sys
import time
from dataclasses import dataclass

LONGEST_PAUSE_S = 60


def say(text):
    """The diary: names of reservations, never an address."""
    print(text, file=sys.stderr, flush=True)


class Pauses:
    """Longer each time, until something works."""

    def __init__(self):
        self.next_s = 0.25

    def take(self):
        time.sleep(self.next_s)
        self.next_s = min(2 * self.next_s, LONGEST_PAUSE_S)

    def works(self):
        self.next_s = 0.25


@dataclass(frozen=True)
class Refusal:
    """`codes`: the reply's, "550 5.1.1"; not its words, in which servers repeat the address. `never`: no address at all, which
    no server has to be asked about. `permanent`: this mail's own fault, if the server takes others; else it may be taken yet."""
    codes: str
    permanent: bool = False
    never: bool = False


NO_ADDRESS = Refusal("no mail address", permanent=True, never=True)

# Of the replies that are for good: what is wrong with this address, this mailbox or this mail (RFC 3463: 5.1, 5.2, 5.6).
# Anything else (5.7 relaying denied, 530 sign in, 554) is what a server says that somebody has set up wrongly, to everybody.
OWN_FAULT_ENHANCED = ("5.1.", "5.2.", "5.6.")
OWN_FAULT = (501, 513, 550, 551, 552, 553, 556)


def refusal(code, words):
    enhanced = re.match(rb"[245]\.\d{1,3}\.\d{1,3}\b", words)
    if enhanced is None:
        return Refusal(str(code), permanent=code in OWN_FAULT)
    status = enhanced[0].decode()
    return Refusal(f"{code} {status}", permanent=code >= 500 and status.startswith(OWN_FAULT_ENHANCED))


def is_address(text):
    """One address in ASCII and nothing else: no name before it, no second one, no line end. (A domain with accents is kept as
    xn--…; whatever stands before the @ with some can be delivered by few.)"""
    if not isinstance(text, str) or not text.isascii() or not text.isprintable() or re.search(r'[\s",:;<>()\[\]\\]', text):
        return False
    try:
        return bool(email.headerregistry.Address(addr_spec=text).domain)
    except (ValueError, IndexError, email.errors.MessageError):
        return False


class Post:
    def __init__(self, address, sender):
        """ValueError: the sender is none, of which every mail would be refused."""
        host, _, port = address.rpartition(":")
        self.host, self.port, self.sender, self.open = host.strip("[]"), int(port), sender, None
        own = email.utils.parseaddr(sender)[1]
        if not is_address(own) or not sender.isprintable():
            raise ValueError("--sender is no mail address")
        self.domain = own.rpartition("@")[2]

    def message(self, event, contact, letter):
        """The same for the same event, whenever it is made."""
        made = email.message.EmailMessage()
        made["From"], made["To"], made["Subject"] = self.sender, contact.mail, letter.subject
        made["Date"] = email.utils.format_datetime(datetime.datetime.fromisoformat(event["at"]))
        made["Message-ID"] = f"<creneau.{event['lsn']}@{self.domain}>"
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(letter.text, cte="quoted-printable")
        return made

    def send(self, event, contact, letter):
        """Returns when the server has taken it: None; or when it takes this one not, or not now. Waits for a server that is
        away, or that takes nothing from us: that is no mail's fault, and somebody must mend it."""
        if not is_address(contact.mail):
            return NO_ADDRESS
        message, pauses = self.message(event, contact, letter), Pauses()
        while True:
            try:
                if self.open is None:
                    self.open = smtplib.SMTP(self.host, self.port, timeout=30)
                self.open.send_message(message, to_addrs=[contact.mail])
                return None
            except smtplib.SMTPRecipientsRefused as answer:
                code, words = answer.recipients[contact.mail]
                problem = answer
            except smtplib.SMTPDataError as answer:
                code, words, problem = answer.smtp_code, answer.smtp_error, answer
            except (smtplib.SMTPException, OSError) as away:
                code, words, problem = 421, b"", away
            if code != 421:  # which the server says as it goes
                return refusal(code, words)
            self.close()
            say(f"the SMTP server does not take it now ({type(problem).__name__}); trying again")
            pauses.take()

    def close(self):
        if self.open is not None:
            self.open.close()
        self.open = None
