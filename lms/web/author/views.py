"""The author's pages: state of the folder, problems, preview, publication.

Nothing here is edited and nothing that is answered here is recorded. Modules are named in addresses
by their place in the folder's listing.
"""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.accounts.roles import Role
from lms.content.model import Module
from lms.kernel.errors import NotAllowedError, NotFoundError
from lms.publishing.markdown import RenderRefusedError
from lms.publishing.service import plan_publication, publish_content
from lms.web.author.folder import Folder, read_folder
from lms.web.author.pages import (
    course_title,
    module_rows,
    plan_of,
    printable,
    problem_list,
    quiz_lines,
    rules_in_order,
    title_of,
)
from lms.web.author.preview import (
    asked_items,
    outcome,
    preview_quiz,
    preview_section,
    question,
    result,
)
from lms.web.author.trial import Trial, blocks_of, practice_trial, quiz_trials, total
from lms.web.db import db
from lms.web.frame import NATIVE_NAMES
from lms.web.request import LANGUAGES, actor, language, now
from lms.web.surface import Surface
from lms.web.words import _, content_words, plural
