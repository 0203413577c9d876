from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.takeaway.evidence import EvidenceError, read_evidence
from assay.takeaway.signing import NO_KEY, public_pem
from assay.takeaway.verifying import Verdict, read_card, verify

DIFFERS, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = "Makes every number of a card again from an export, and says which differ. Asks no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("card", type=Path, help="the card as JSON")
        parser.add_argument("export", type=Path, help="the study's export in JSONL, or its judgments alone")
        parser.add_argument(
            "--public-key", type=Path, help="of the site that signed it (PEM); by default this site's own"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verdict = verify(
                read_card(options["card"]), read_evidence(options["export"]), key_from(options["public_key"])
            )
        except (ValueError, EvidenceError, OSError) as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        self.tell(verdict)
        if verdict.differences:
            raise CommandError(
                f"{len(verdict.differences)} of {verdict.fields} fields differ.", returncode=DIFFERS
            )

    def tell(self, verdict: Verdict) -> None:
        for note in verdict.notes:
            self.stdout.write(note)
        for difference in verdict.differences:
            self.stdout.write(str(difference))
        if not verdict.differences:
            self.stdout.write(f"All {verdict.fields} fields are equal, and the signature fits.")


def key_from(path: Path | None) -> bytes:
    pem = path.read_bytes() if path else public_pem()
    if pem is None:
        raise ValueError(
            f"No public key to check the signature with: name one by --public-key FILE. {NO_KEY}"
        )
    return pem
