from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assay.takeaway.signing import make_key, public_path


class Command(BaseCommand):
    help = "Makes the site's key for evaluation cards, once. Its public half is published at /card-key/."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = make_key()
        except FileExistsError as error:
            raise CommandError(
                f"{error.filename} is there already, and is never written over: cards signed with it would fit no "
                "published key. Move both files away first to begin with a new one."
            ) from error
        self.stdout.write(f"Private key: {path} (keep it secret, and back it up)")
        self.stdout.write(f"Public key:  {public_path()}")
        self.stdout.write(public_path().read_text(), ending="")
