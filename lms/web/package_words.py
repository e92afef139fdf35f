"""The words of a package, from the catalogue: the command and the author's page give the same."""

from flask_babel import force_locale, format_date

from lms.interchange.packages.words import HelpLine, NoticeWords, PackageWords, PlayerWords
from lms.web.help_lines import CHECKED, help_lines
from lms.web.words import _


def package_words(language: str) -> PackageWords:
    """Give the words of a package in a language of content."""
    with force_locale(f"{language}_CA"):
        return PackageWords(
            title=_("Training, module %(number)s", number="{number}"),
            module=_("Module %(number)s", number="{number}"),
            page=_("Page %(number)s of %(total)s", number="{number}", total="{total}"),
            minutes=_(
                "About %(minutes)s minutes of reading, then the questions.", minutes="{minutes}"
            ),
            objectives=_("After this module you can"),
            pages=_("Pages"),
            questions=_("Questions"),
            previous=_("Previous page"),
            following=_("Next page"),
            locked=_("The questions open when every page of the module is read."),
            hand_in=_("Hand in my answers"),
            try_again=_("Try again"),
            leave=_("Save and leave"),
            saved=_("Saved. You can close this window."),
            about=_("About this package"),
            help=_("Help, day or night"),
            help_checked=_(
                "These numbers were taken from published sources on %(day)s.",
                day=format_date(CHECKED, "long"),
            ),
            help_lines=tuple(
                HelpLine(one.name, one.phone, one.tel, one.hours, one.note, one.lang)
                for one in help_lines()
            ),
            practice=_("Practice question %(place)s", place="{place}"),
            practice_hint=_("For yourself: the answer is not recorded and does not count."),
            see=_("See if it is right"),
            must=_("This answer has to be right to pass."),
            worth=_("Points: %(count)s", count="{count}"),
            several_hint=_("Choose all that are right."),
            order_hint=_("Give each step its place: 1 is the first."),
            choose=_("Choose"),
            your_answer=_("Your answer"),
            right_answer=_("Right answer"),
            min_words=_("Write at least %(count)s words.", count="{count}"),
            account=_("Account"),
            captions=_("Captions"),
            read_film=_("Read instead of watching"),
            read_sound=_("Read instead of listening"),
            size=_("%(size)s MB", size="{size}"),
            no_script=_("The questions need JavaScript."),
            labels=_labels(),
            player=_player(),
            notice=_notice(),
        )


def _labels() -> dict[str, str]:
    return {
        "composite": _("Composite account. Written for this course from several published "
                       "accounts. It is not the testimony of a real person."),
        "paraphrase": _("Published account, retold in other words. The publication is named in "
                        "the text."),
        "summary": _("Factual summary. It tells what is known about the same matters; nobody "
                     "speaks in it."),
        "withdrawn": _("The testimony that stood here is no longer shown. You lose nothing by "
                       "that: go on reading."),
    }  # fmt: skip


def _player() -> PlayerWords:
    return PlayerWords(
        question=_("Question %(number)s of %(total)s", number="{number}", total="{total}"),
        right=_("Right: %(points)s", points="{points}"),
        partly=_("Partly right: %(points)s", points="{points}"),
        wrong=_("Not right: %(points)s", points="{points}"),
        unscored=_("Done: not scored"),
        points=_("%(raw)s of %(maximum)s", raw="{raw}", maximum="{maximum}"),
        passed=_("Module %(number)s is passed", number="{number}"),
        not_passed=_("Not passed yet"),
        score=_("%(score)s points: %(reached)s%%. A pass needs %(percent)s%%.",
                score="{score}", reached="{reached}", percent="{percent}"),
        musts=_("These questions have to be right to pass, and were not: %(places)s.",
                places="{places}"),
        read_again=_("Read again: %(title)s", title="{title}"),
        unanswered=_("Some questions have no answer yet"),
        answer_question=_("Answer question %(place)s", place="{place}"),
        go_to_page=_("Go to page %(page)s", page="{page}"),
        no_lms=_("No learning system was found: nothing of this is recorded."),
        not_sent=_("What you did could not be sent to the learning system yet. Keep this page "
                   "open: it is sent again by itself."),
        not_kept=_("Your texts are too long for this learning system to keep. Hand in before you "
                   "leave."),
        session_over=_("This session is over. Open the module again from your learning system."),
    )  # fmt: skip


def _notice() -> NoticeWords:
    return NoticeWords(
        title=_("Before this package is used"),
        gates=_("The gates now belong to the learning system that plays this package: the order "
                "of the modules, the number of tries, the pauses between them, the deadline and "
                "the reading time. Virage enforces none of them here."),
        records=_("Virage records nothing of what is done here: no pass, no completion record, no "
                  "certificate. What is reported is kept by the learning system, under its own "
                  "rules."),
        keys=_("The right answers are in this package, as in every package of its kind: whoever "
               "holds the file can read them."),
        edition=_("A package cannot be called back or corrected. After a new publication, export "
                  "it again and put it in the place of this one."),
        originals=_("Original testimonies are never in a package, since a consent can be "
                    "withdrawn. Replaced by an equivalent: %(count)s.", count="{count}"),
        questions=_("Questions left out because they rest on an original testimony: %(count)s.",
                    count="{count}"),
        files=_("Pictures, sounds and films of original testimonies left out: %(count)s.",
                count="{count}"),
        links=_("Links to other modules and to pages of this site, now plain text: %(count)s.",
                count="{count}"),
    )  # fmt: skip
