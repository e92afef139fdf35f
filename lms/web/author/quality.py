"""What can be measured of the modules: one page for each, and all in one table."""

from flask import render_template

from lms.content.quality import module_quality, quality
from lms.kernel.errors import NotFoundError
from lms.web.author.folder import read_folder
from lms.web.author.pages import title_of
from lms.web.author.quality_pages import (
    few_words_text,
    language_measures,
    overview_columns,
    overview_rows,
)
from lms.web.author.surface import bp
from lms.web.frame import NATIVE_NAMES
from lms.web.request import LANGUAGES, language

_MOST = 9999  # no folder has more


@bp.get("/author/quality")
def quality_overview() -> str:
    """Show all modules in one table."""
    folder = read_folder()
    found = quality(folder.content, folder.problems, folder.today)
    return render_template(
        "author/quality_overview.html",
        rows=overview_rows(folder, found),
        columns=overview_columns(),
        formulas=few_words_text(),
    )


@bp.get(f"/author/modules/<int(max={_MOST}):number>/quality", endpoint="quality")
def quality_page(number: int) -> str:
    """Show the measures of one module, page by page, in both languages."""
    folder = read_folder()
    if not 1 <= number <= folder.count:
        raise NotFoundError(f"module {number}")
    title, lang = title_of(folder, number, language())
    found = [
        module_quality(folder.content, module, folder.problems, folder.today)
        for one in LANGUAGES
        if (module := folder.module(number, one)) is not None
    ]
    return render_template(
        "author/quality.html",
        number=number,
        title=title,
        lang=lang,
        formulas=few_words_text(),
        measures=[language_measures(one) for one in found],
        unread=[
            NATIVE_NAMES[one] for one in LANGUAGES if one not in {each.language for each in found}
        ],
    )
