"""One module in both languages, side by side: what is missing, older, or built differently."""

from flask import render_template

from lms.content.check_languages import first_language
from lms.content.side_by_side import side_by_side
from lms.content.twins import lag_of
from lms.kernel.errors import NotFoundError
from lms.web.author.folder import read_folder
from lms.web.author.languages_pages import lag_text, twins_page
from lms.web.author.pages import title_of
from lms.web.author.surface import bp
from lms.web.frame import NATIVE_NAMES
from lms.web.request import LANGUAGES, language

_MOST = 9999  # no folder has more


@bp.get(f"/author/modules/<int(max={_MOST}):number>/languages")
def languages(number: int) -> str:
    """Show a module's sections and questions in its first language beside the other."""
    folder = read_folder()
    if not 1 <= number <= folder.count:
        raise NotFoundError(f"module {number}")
    first = first_language(folder.content)
    first = first if first in LANGUAGES else LANGUAGES[0]
    other = next(one for one in LANGUAGES if one != first)
    both = folder.module(number, first), folder.module(number, other)
    title, lang = title_of(folder, number, language())
    twins = side_by_side(both, (first, other), folder.changes)
    known = next((one for one in both if one is not None), None)
    lags = [
        lag_text(lag)
        for one in (first, other)
        if known is not None
        and (lag := lag_of(folder.content, (known.id, one), folder.today, folder.changes))
    ]
    return render_template(
        "author/languages.html",
        page=twins_page(twins),
        number=number,
        title=title,
        lang=lang,
        lags=lags,
        unread=[
            NATIVE_NAMES[one]
            for one, module in zip((first, other), both, strict=True)
            if module is None
        ],
    )
