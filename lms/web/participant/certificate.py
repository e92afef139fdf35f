"""The certificate: a page, and the same on paper."""

from flask import Response, abort, make_response, render_template, url_for

from lms.completion.certificate import certificate_secret
from lms.completion.printing import CertificatePrint, Fact, certificate_pdf
from lms.completion.queries import CertificateView, certificate_of
from lms.journey.read import LOCAL_ZONE
from lms.publishing.queries import in_language
from lms.web.db import db
from lms.web.participant.guard import bp
from lms.web.request import keys, language, learner, settings
from lms.web.words import _, day_text, hours_text


def _own() -> CertificateView:
    found = certificate_of(db(), learner().enrolment_id)
    if found is None:
        abort(404)
    return found


@bp.get("/certificate")
def certificate() -> str:
    """Show the number, the secret, what happens next, and the paper."""
    view = _own()
    return render_template(
        "participant/certificate.html",
        view=view,
        title=in_language(view.title, language()),
        hours=hours_text(view.minutes),
        secret=certificate_secret(keys().certificate, view.register_number),
        day=day_text(view.issued_at),
    )


@bp.get("/certificate.pdf")
def certificate_paper() -> Response:
    """Give the certificate as a PDF; its file name says nothing."""
    view = _own()
    response = make_response(certificate_pdf(certificate_print(view)))
    response.headers["Content-Type"] = "application/pdf"
    name = _("attestation")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{view.number}.pdf"'
    return response


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
        completed=Fact(_("Completed on"), day_text(view.issued_at)),
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
