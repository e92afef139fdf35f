"""The words of a person's file: the heading of each table, and the label of each column.

What has no label here stands in the JSON alone: ids, digests, and what only machines read.
"""

from collections.abc import Mapping
from typing import Any

from lms.web.words import _, lazy

HEADINGS: Mapping[str, Any] = {
    "user_account": lazy("Your account"),
    "enrolment": lazy("Your enrolment"),
    "enrolment_code": lazy("Your enrolment code"),
    "referral": lazy("The file that the agency opened"),
    "identity": lazy("Who you are, where the programme keeps it"),
    "referral_event": lazy("What happened to your file"),
    "exchange_message": lazy("What the agency was told or told us"),
    "exchange_delivery": lazy("How it was handed over"),
    "seat_time": lazy("The time that you spent on each page"),
    "attempt": lazy("Your tries"),
    "response": lazy("Your answers as they are stored"),
    "result": lazy("Your results"),
    "regrade": lazy("Scores that were given later"),
    "standing": lazy("Where you stand in each questionnaire"),
    "open_grade": lazy("What was said about your texts"),
    "shared_response": lazy("Texts that you let be read"),
    "message": lazy("Your messages"),
    "attendance": lazy("Sessions with the group"),
    "survey_turn": lazy(
        "Surveys that you were offered; your sheets carry no name and are not here"
    ),
    "waiver": lazy("Modules that you need not take"),
    "correction": lazy("What was corrected for you"),
    "correction_decision": lazy("What a second person decided"),
    "attestation": lazy("What you confirmed"),
    "completion_record": lazy("The record of your completion"),
    "certificate": lazy("Your certificate"),
    "revocation": lazy("That your completion no longer counts"),
    "reprint": lazy("Certificates that were printed again"),
    "follow_up": lazy("What the agency reported later"),
    "sign_in_session": lazy("When you logged in"),
    "recovery_code": lazy("Recovery codes"),
}
_LABELS: Mapping[str, Any] = {
    "act": lazy("What was done"),
    "address": lazy("E-mail address"),
    "after": lazy("State after"),
    "agreed_at": lazy("You agreed on"),
    "answer": lazy("Stored answer"),
    "arrangement": lazy("Arrangement"),
    "arrived_at": lazy("Arrived"),
    "at": lazy("When"),
    "attempts": lazy("Tries"),
    "attested_at": lazy("You confirmed on"),
    "before": lazy("State before"),
    "best_percent": lazy("Best score, in percent"),
    "body": lazy("The whole message"),
    "by": lazy("By"),
    "carrier": lazy("Handed over by"),
    "closed_at": lazy("Closed on"),
    "commitment_version": lazy("Version of the commitment"),
    "committed_on": lazy("You committed on"),
    "completion_status": lazy("Completion"),
    "created_at": lazy("Made on"),
    "credited_ms": lazy("Time, in milliseconds"),
    "deadline": lazy("Last day"),
    "decided_at": lazy("Decided on"),
    "decided_by": lazy("Decided by"),
    "decided_on": lazy("Day of the decision"),
    "detail": lazy("Details"),
    "direction": lazy("Direction"),
    "ended_at": lazy("Ended"),
    "ended_by": lazy("Ended by"),
    "enrolled_at": lazy("Enrolled on"),
    "expires_at": lazy("Good until"),
    "fault": lazy("Fault"),
    "fee_at": lazy("Fee settled on"),
    "fee_receipt": lazy("Receipt number"),
    "fee_state": lazy("Fee"),
    "file_number": lazy("File number"),
    "first_at": lazy("First time"),
    "first_name": lazy("First name"),
    "graded_at": lazy("Graded on"),
    "is_delivered": lazy("Arrived there"),
    "is_done": lazy("Done"),
    "is_from_staff": lazy("Written to you"),
    "is_over": lazy("Over"),
    "issued_at": lazy("Issued on"),
    "item_id": lazy("Question"),
    "kind": lazy("Kind"),
    "known_again": lazy("Known again to the agency"),
    "language": lazy("Language"),
    "last_at": lazy("Last time"),
    "left_at": lazy("Left"),
    "login": lazy("Login"),
    "maximum": lazy("Most points"),
    "module_id": lazy("Module"),
    "months": lazy("Months later"),
    "name": lazy("Name"),
    "no_pause": lazy("No pause between two tries"),
    "notice_version": lazy("Version of the notice"),
    "number": lazy("Numbered"),
    "outcome": lazy("Result of the file"),
    "outcome_on": lazy("Date of the result"),
    "passed": lazy("Passed"),
    "passed_at": lazy("Passed on"),
    "proposed_at": lazy("Proposed on"),
    "pseudonym": lazy("Pseudonym"),
    "read_aloud": lazy("Pages are read aloud by a facilitator"),
    "read_at": lazy("Read on"),
    "reason": lazy("Reason"),
    "recorded_at": lazy("Recorded on"),
    "redeemed_at": lazy("Used on"),
    "reference": lazy("Reference of the agency"),
    "referred_at": lazy("Referred on"),
    "reported_at": lazy("Reported on"),
    "reprinted_at": lazy("Printed on"),
    "revoked_at": lazy("Revoked on"),
    "saved_at": lazy("Saved on"),
    "sealed_comment": lazy("Comment"),
    "sealed_text": lazy("Text"),
    "section_id": lazy("Page"),
    "seen_at": lazy("Last used"),
    "sent_at": lazy("Sent on"),
    "shared_at": lazy("Shared on"),
    "started_at": lazy("Started on"),
    "state": lazy("State"),
    "state_since": lazy("Since"),
    "submitted_at": lazy("Handed in on"),
    "success_status": lazy("Success"),
    "survey_id": lazy("Survey"),
    "suspended_at": lazy("Paused since"),
    "telephone": lazy("Telephone"),
    "text_version": lazy("Version of the text"),
    "time_credit_percent": lazy("Time credit, in percent"),
    "used_at": lazy("Used on"),
    "waived_at": lazy("Waived on"),
    "wave": lazy("Before or after"),
    "whole": lazy("Stayed to the end"),
    "withdrawn_at": lazy("Taken back on"),
}


def label_of(column: str) -> str:
    """Give the label of a column; empty where only machines read it."""
    return str(_LABELS.get(column, ""))


def value_text(value: object) -> str:
    """Write a value: yes or no, a list item by item, anything else as it is."""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case list():
            return ", ".join(str(one) for one in value)
        case dict():
            return "; ".join(f"{key}: {one}" for key, one in value.items())
        case _:
            return str(value)
