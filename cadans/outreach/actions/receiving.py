"""Take in a mail that arrived: on its lead, as an answer, as a report, or among the unknown."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.contacts.actions import add_person
from cadans.contacts.drafts import PersonDraft
from cadans.contacts.models import Person
from cadans.events.act import Act, Subject
from cadans.ground.asking import rows
from cadans.ground.errors import Conflict
from cadans.ground.ids import new_id
from cadans.ground.rows import locked
from cadans.leads.actions import create_lead, receive_signal
from cadans.leads.drafts import LeadDraft, PartDraft
from cadans.leads.models import Lead
from cadans.outreach.actions.suppression import suppress
from cadans.outreach.actions.writing import told_of
from cadans.outreach.models import Mailbox, Message, Suppression
from cadans.outreach.reading import Incoming
from cadans.process.goals.email import SIGNALS
from cadans.team.models import User


def receive(mailbox: Mailbox, incoming: Incoming, *, at: datetime | None = None) -> Message | None:
    """Keep a mail that came in, on the lead that it belongs to.

    Its lead is that of the mail it answers, else the one on which its sender is. The answer to a
    mail of ours meets goals. None when it is here already, or is no business of ours: a list, a
    colleague, a report on what we did not send. Mail of somebody unknown is kept without a lead.
    """
    with Act(None, via="mail", at=min(at or timezone.now(), timezone.now())) as act:
        # Two mailboxes may get the same mail at the same moment.
        rows("SELECT pg_advisory_xact_lock(hashtext(%s))", incoming.fingerprint)
        if Message.objects.filter(fingerprint=incoming.fingerprint).exists():
            return None
        if incoming.kind == "bounce":
            return _bounced(act, mailbox, incoming)
        answered = _answered(incoming)
        person = Person.objects.present().filter(email=incoming.address).first()
        if answered is None and _is_ours(incoming.address):
            return None
        lead = _lead_of(answered) or _lead_with(person, mailbox)
        if lead is None and (incoming.is_from_a_list or incoming.kind != "letter"):
            return None
        message = _kept(act, mailbox, incoming, lead)
        message.person = person
        message.in_reply_to = answered
        if answered is not None:
            message.thread = answered.thread
        message.save(force_insert=True)
        if lead is not None:
            data = {**told_of(message), "kind": message.kind}
            act.record("mail_received", _subject(lead), data=data)
            if message.kind == Message.Kind.LETTER:
                _note_answer(act, message, lead, answered)
    return message


def make_lead_of(actor: User, message: Message) -> Lead:
    """A new lead of a mail from somebody unknown, with all that they wrote."""
    with Act(actor) as act:
        found = _unknown(actor, message)
        person = found.person or PersonDraft(email=found.from_address, name=found.from_name)
        title = found.subject or found.from_name or found.from_address
        lead = create_lead(actor, LeadDraft(title=title[:200], people=[PartDraft(person)]))
        act.flush()
        _put_on(act, found, lead)
    return lead


def make_person_of(actor: User, message: Message) -> Person:
    """A person of the sender, without a lead; their next mail finds them."""
    with Act(actor):
        found = _unknown(actor, message)
        person = found.person or add_person(
            actor, name=found.from_name or found.from_address, email=found.from_address
        )
        same = Message.objects.filter(lead=None, from_address=found.from_address, direction="in")
        same.update(person=person, dismissed_at=timezone.now())
    return person


def dismiss_mail(actor: User, message: Message) -> None:
    """Take a mail from somebody unknown off the list; it stays in its mailbox."""
    with Act(actor):
        found = _unknown(actor, message)
        found.dismissed_at = timezone.now()
        found.save(update_fields=["dismissed_at"])


def note_fetched(mailbox: Mailbox, validity: int, uid: int) -> None:
    """Its folder was read up to and including this mail (RFC 3501: ids grow while `validity`
    stays)."""
    mailbox.seen_validity, mailbox.seen_uid = validity, uid
    Mailbox.objects.filter(id=mailbox.id).update(
        seen_validity=validity, seen_uid=uid, fetched_at=timezone.now()
    )


def _unknown(actor: User, message: Message) -> Message:
    seen = Message.objects.visible_to(actor).select_related("person")
    found = locked(seen, message.id)
    if found.lead_id is not None or found.dismissed_at is not None:
        raise Conflict(_("Somebody dealt with this mail already."), code="mail_is_elsewhere")
    return found


def _put_on(act: Act, message: Message, lead: Lead) -> None:
    """All mail of one unknown sender, on a lead."""
    person = Person.objects.present().filter(email=message.from_address).first()
    same = Message.objects.filter(
        lead=None, direction="in", from_address=message.from_address, mailbox=message.mailbox_id
    )
    for one in same.order_by("id"):
        one.lead, one.person = lead, person
        one.save(update_fields=["lead", "person"])
        data = {**told_of(one), "kind": one.kind}
        act.record("mail_received", _subject(lead), data=data, at=one.at)


def _answered(incoming: Incoming) -> Message | None:
    """The nearest mail that it follows and that we have."""
    known = Message.objects.select_related("lead").filter(message_id__in=incoming.known)
    by_id: dict[str, Message] = {}
    for one in known.order_by("direction"):  # ours, when both of our mailboxes have it
        by_id[one.message_id] = one
    return next((by_id[id] for id in incoming.known if id in by_id), None)


def _lead_of(answered: Message | None) -> Lead | None:
    lead = answered.lead if answered else None
    if lead is not None and lead.merged_into_id is not None:
        lead = lead.merged_into
    return lead if lead is not None and lead.deleted_at is None else None


def _lead_with(person: Person | None, mailbox: Mailbox) -> Lead | None:
    """The lead on which somebody is: an open one first, then the mailbox's owner's, then the one
    that was worked on last."""
    if person is None:
        return None
    leads = Lead.objects.present().filter(parts__person=person).distinct()
    order = sorted(
        leads,
        key=lambda lead: (
            lead.is_open,
            mailbox.owner_id is not None and lead.owner_id == mailbox.owner_id,
            lead.touched_at,
        ),
    )
    return order[-1] if order else None


def _is_ours(address: str) -> bool:
    """Whether a colleague wrote it."""
    return (
        Mailbox.objects.filter(address=address).exists()
        or User.objects.filter(email=address).exists()
    )


def _kept(act: Act, mailbox: Mailbox, incoming: Incoming, lead: Lead | None) -> Message:
    id = new_id()
    return Message(
        id=id,
        direction=Message.Direction.IN,
        state=Message.State.RECEIVED,
        kind=incoming.kind,
        lead=lead,
        mailbox=mailbox,
        message_id=incoming.message_id or f"<{id}@received>",
        references=" ".join(reversed(incoming.known)),
        thread=id,
        fingerprint=incoming.fingerprint,
        from_address=incoming.address[:254],
        from_name=incoming.name,
        to=incoming.to,
        cc=incoming.cc,
        subject=incoming.subject,
        text=incoming.text,
        html=incoming.html,
        attachments=incoming.attachments,
        at=act.at,
    )


def _note_answer(act: Act, message: Message, lead: Lead, answered: Message | None) -> None:
    """Whether it answers a mail of ours; then it counts for the goals that wait for one."""
    ours = Message.objects.filter(
        lead=lead, direction=Message.Direction.OUT, state=Message.State.SENT
    )
    in_thread = ours.filter(thread=message.thread) if answered else ours.none()
    to_them = ours.filter(person=message.person) if message.person else ours.none()
    first = answered if answered is not None and answered.is_out else None
    found = first or in_thread.order_by("-id").first() or to_them.order_by("-id").first()
    if found is None:
        return
    Message.objects.filter(id=found.id, answered_at=None).update(answered_at=act.at)
    receive_signal(
        None,
        name=SIGNALS["answered"],
        lead=lead.id,
        payload={
            "subject": found.subject,
            "message": str(message.id),
            "answers": str(found.id),
            "from": message.from_address,
        },
        at=act.at,
        via="mail",
    )


def _bounced(act: Act, mailbox: Mailbox, incoming: Incoming) -> Message | None:
    """A report that a mail of ours did not arrive, or not yet."""
    sent = Message.objects.select_related("lead").filter(
        direction=Message.Direction.OUT, message_id=incoming.reported_id
    )
    ours = sent.first() if incoming.reported_id else None
    if ours is None:
        return None
    about = [one for one in incoming.reports if one.is_final and one.address in ours.receivers]
    if not about:
        return None
    lead = _lead_of(ours)
    message = _kept(act, mailbox, incoming, lead)
    message.in_reply_to, message.thread, message.person = ours, ours.thread, ours.person
    message.problem, message.problem_told = "recipient_refused", about[0].told
    message.save(force_insert=True)
    Message.objects.filter(id=ours.id, bounced_at=None).update(bounced_at=act.at)
    if lead is not None:
        addresses = ", ".join(one.address for one in about)
        data = {**told_of(message), "to": addresses, "subject": ours.subject}
        act.record("mail_bounced", _subject(lead), data=data | {"told": about[0].told})
    for one in about:
        if one.is_about_the_address:
            suppress(
                None,
                one.address,
                reason=Suppression.Reason.BOUNCED,
                source=Suppression.Source.MAIL,
                note=f"{one.status} {one.told}".strip(),
                via="mail",
            )
    return message


def _subject(lead: Lead) -> Subject:
    return Subject("lead", lead.id, lead.id, lead.pipeline_id)
