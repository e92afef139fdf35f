"""The last step and what comes of it: the attestation, the certificate, the same on paper."""

from http import HTTPStatus

from flask import Flask, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.completion.certificate import certificate_secret
from lms.completion.printing import CertificatePrint, Fact, certificate_pdf
from lms.completion.queries import (
    CertificateView,
    Completion,
    certificate_of,
    completion_of,
)
from lms.completion.service import attest as keep_attestation
from lms.completion.signed import sign_pdf
from lms.journey.actor import Standing
from lms.journey.files import advance_file, certificate_may_be_issued
from lms.journey.read import LOCAL_ZONE
from lms.publishing.queries import in_language
from lms.referrals.queries import referral_of
from lms.surveys.sheet import Wave
from lms.web.db import db
from lms.web.participant.file_words import standpoint
from lms.web.participant.guard import bp, stays_open
from lms.web.participant.survey import offered_or
from lms.web.request import keys, language, learner, now, settings
from lms.web.words import _, day_text, hours_text

# Which wording of `attestation_text` he declared; another wording is another version.
ATTESTATION_VERSION = "2026-11"
Page = Response | str | tuple[str, int]


def attestation_text() -> str:
    """Give what a participant declares, word for word; its version is ATTESTATION_VERSION."""
    return _("I did this training myself: I read the pages and I gave the answers. "
             "Nobody did it in my place.")  # fmt: skip


def _completion() -> Completion:
    found = completion_of(db(), learner().enrolment_id)
    if found is None or learner().standing is Standing.WITHDRAWN:
        abort(HTTPStatus.NOT_FOUND)
    return found


@bp.get("/certificate/attest")
@stays_open
def attestation() -> Page:
    """Ask whether he did it himself: the last step before the certificate, once it is final."""
    found = _completion()
    if found.is_issued or found.is_revoked:
        return redirect(url_for(".certificate"), HTTPStatus.SEE_OTHER)
    if not certificate_may_be_issued(db(), learner().enrolment_id):
        return _waits(found)
    return _attestation()


def _waits(found: Completion) -> str:
    referral = referral_of(db(), learner().enrolment_id)
    here = standpoint(learner(), referral, found)
    return render_template("participant/certificate_waits.html", here=here)


def _attestation(*, has_error: bool = False) -> str:
    return render_template(
        "participant/attestation.html", statement=attestation_text(), has_error=has_error
    )


@bp.post("/certificate/attest")
@stays_open
def attest() -> Page:
    """Keep what he declared and issue the certificate; a second click gives the same one."""
    found = _completion()
    if found.is_issued or found.is_revoked:
        return redirect(url_for(".certificate"), HTTPStatus.SEE_OTHER)
    if not certificate_may_be_issued(db(), learner().enrolment_id):
        return redirect(url_for(".attestation"), HTTPStatus.SEE_OTHER)
    if request.form.getlist("attest") != ["yes"]:
        return _attestation(has_error=True), HTTPStatus.UNPROCESSABLE_ENTITY
    keep_attestation(
        db(),
        learner().enrolment_id,
        text_version=ATTESTATION_VERSION,
        language=language(),
        now=now(),
    )
    advance_file(
        db(),
        learner().enrolment_id,
        keys=keys(),
        settings_review=settings().completion_review,
        now=now(),
    )
    return redirect(offered_or(".certificate", Wave.AFTER, language()), HTTPStatus.SEE_OTHER)


@bp.get("/certificate")
@stays_open
def certificate() -> Page:
    """Show the number, the secret, what happens next, and the paper; or that it was revoked."""
    found = _completion()
    if found.is_revoked:
        return render_template("participant/certificate_revoked.html")
    view = certificate_of(db(), learner().enrolment_id)
    if view is None:
        return redirect(url_for(".attestation"), HTTPStatus.SEE_OTHER)
    return render_template(
        "participant/certificate.html",
        view=view,
        title=in_language(view.title, language()),
        hours=hours_text(view.minutes),
        secret=certificate_secret(keys().certificate, view.register_number),
        day=day_text(view.completed_at),
    )


@bp.get("/certificate.pdf")
@stays_open
def certificate_paper() -> Response:
    """Give the certificate as a signed PDF; its file name says nothing. A revoked one is kept."""
    view = certificate_of(db(), learner().enrolment_id)
    if view is None:
        abort(HTTPStatus.NOT_FOUND)
    if view.is_revoked:
        return redirect(url_for(".certificate"), HTTPStatus.SEE_OTHER)
    response = make_response(signed_certificate(view))
    response.headers["Content-Type"] = "application/pdf"
    name = _("attestation")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{view.number}.pdf"'
    return response


def reprinted_certificate(app: Flask, view: CertificateView, lang: str) -> bytes:
    """Give a certificate as its holder downloads it; for the command line, which has no page."""
    with app.test_request_context():
        g.lang = lang
        return signed_certificate(view)


def signed_certificate(view: CertificateView) -> bytes:
    """Print a certificate and sign it: words, QR code and all, with the record it proves."""
    return sign_pdf(certificate_pdf(certificate_print(view)), view.record_digest, keys().signing)


def certificate_print(view: CertificateView) -> CertificatePrint:
    """Put the words of the paper together; nothing on it names a person or an offence."""
    base = settings().base_url.rstrip("/")
    secret = certificate_secret(keys().certificate, view.register_number)
    check = url_for("public.check")
    return CertificatePrint(
        language="fr" if language() == "fr" else "en",
        issued_on=view.issued_at.astimezone(LOCAL_ZONE).date(),
        issuer="Virage",
        heading=_("Certificate of completion"),
        title=in_language(view.title, language()),
        statement=_("The holder of this certificate has completed the whole training and passed "
                    "all of its questionnaires."),
        completed=Fact(_("Completed on"), day_text(view.completed_at)),
        hours=Fact(_("Length"), hours_text(view.minutes)),
        number=Fact(_("Register number"), view.number),
        secret=Fact(_("Verification code"), secret),
        check_heading=_("Check this certificate"),
        how_to_check=_("Enter the number and the verification code at this address, "
                       "or scan the square."),
        check_url=f"{base}{check}",
        qr_url=f"{base}{check}?n={view.number}&s={secret}",
        qr_alt=_("Address of the page that checks this certificate"),
    )  # fmt: skip
