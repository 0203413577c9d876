"""What raters flag and ask, and what the team answers: one thread for each, and nothing in it that names an arm."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from promptsets.audit import audited
from raters.comparisons.holding import hold
from raters.comparisons.lint import names_in
from raters.models import Assignment, Comparison, Message, Rater, Reply, Study

MOST_OPEN = 50  # of one rater in one study: a page that sends by itself fills no inbox


def write(rater: Rater, study: Study, kind: str, text: str, about: Assignment | None = None) -> Message:
    """A new message of the rater. Raises: ValueError if too many of theirs are open."""
    if Message.objects.filter(study=study, rater=rater, state=Message.State.OPEN).count() >= MOST_OPEN:
        raise ValueError(f"{MOST_OPEN} of your messages wait for an answer: the team will come to them.")
    return Message.objects.create(study=study, rater=rater, kind=kind, text=text, assignment=about)


@transaction.atomic
def answer(message: Message, text: str, actor: AbstractBaseUser) -> Reply:
    """The team's reply, which the rater reads. Raises: ValueError if it names an arm, or says nothing."""
    if not text.strip():
        raise ValueError("a reply needs some words")
    if names := [name for name, tells in names_in(text, message.study) if tells]:
        raise ValueError(f"the rater would read which checkpoints are compared: take out {', '.join(names)}")
    Message.objects.filter(pk=message.pk).update(state=Message.State.ANSWERED)
    return Reply.objects.create(message=message, author_id=actor.pk, text=text.strip())


@transaction.atomic
def write_back(message: Message, text: str) -> Reply:
    """The rater's own word in the thread, which is open again."""
    Message.objects.filter(pk=message.pk).update(state=Message.State.OPEN)
    return Reply.objects.create(message=message, text=text)


@transaction.atomic
def close(message: Message, actor: AbstractBaseUser) -> None:
    Message.objects.filter(pk=message.pk).update(state=Message.State.CLOSED)
    audited.send(Message, actor=actor, action="message.closed", target=message, detail={})


def hold_item(message: Message, actor: AbstractBaseUser) -> Comparison:
    """Holds the comparison that the message is about, for a person to decide. Raises: ValueError if there is none."""
    if message.assignment is None:
        raise ValueError("this message is about no comparison")
    return hold(message.assignment.comparison, actor=actor)
