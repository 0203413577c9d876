"""What raters say to the team of a study, and what it answers: flags, questions, replies."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from raters.models.comparisons import Assignment
from raters.models.people import Rater
from raters.models.studies import Study

LONGEST_MESSAGE = 2000


class Message(models.Model):
    """A flag or a question of one rater, about one comparison or none, with its thread of replies."""

    class Kind(models.TextChoices):
        FLAG = "flag", "Something is wrong"
        QUESTION = "question"

    class State(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"
        CLOSED = "closed"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="messages")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="messages")
    assignment = models.ForeignKey(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(max_length=LONGEST_MESSAGE)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["study", "state"], name="message_of_study")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["flag", "question"]), name="message_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered", "closed"]), name="message_state_is_known"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.rater}"


class Reply(models.Model):
    """One answer in a thread. `author` is one of the team; empty where the rater writes back."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="replies")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(max_length=LONGEST_MESSAGE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name_plural = "replies"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="reply_says_something")]

    def __str__(self) -> str:
        return f"Reply to {self.message}"
