"""The author's start page: what waits for somebody, and each file with what to do next."""

from flask import render_template, url_for

from lms.web.author.folder import read_folder
from lms.web.author.pages import problem_list
from lms.web.author.start_pages import module_groups, other_rows, testimony_groups, waiting
from lms.web.author.start_rows import make_desk
from lms.web.author.surface import bp


@bp.get("/author")
def start() -> str:
    """Show what waits for whoever asks, then every file in both languages."""
    folder = read_folder()
    desk = make_desk(folder)
    return render_template(
        "author/start.html",
        waiting=waiting(folder, desk),
        modules=module_groups(folder, desk),
        testimonies=testimony_groups(folder, desk),
        others=other_rows(folder, desk),
        errors=len(folder.errors),
        other=problem_list(folder.other_problems()),
        urls={
            "module": url_for("author.new_module_page"),
            "testimony": url_for("author.new_testimony_page"),
            "media": url_for("author.media_library"),
            "facts": url_for("author.facts"),
        },
    )
