"""How pages and mails speak to a buyer of what an order holds. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Words:
    """`noun` is what it is called, `name` names it within a sentence. `ready` is a clause of what its payment brings,
    `not_yet` one of what that leaves waiting. `ended` goes on from “this order”. The others are sentences: `stays`
    while a part goes back, `again` once money is back with the school, `paused` and `suspended` during a dispute,
    `restored` after it, `asking` what becomes of a request for the money where there is no button for it."""

    noun: str
    name: str
    ready: str
    not_yet: str
    stays: str
    ended: str
    again: str
    paused: str
    suspended: str
    restored: str
    asking: str = ""

    def but_open(self, titles: Sequence[str], *, are_all: bool) -> "Words":
        """The same where, though it has ended, something else lets the buyer into these of its courses."""
        named = ", ".join(titles)
        ended = "lets you in no more." if are_all else self.ended
        stays = f"Something else lets you in, so this stays open to you, with any certificate of it: {named}."
        return replace(self, ended=f"{ended} {stays}")


def of_course(noun: str, title: str) -> Words:
    """What is bought for oneself."""
    return Words(
        noun=noun,
        name=title,
        ready=f"your place in {title} is ready",
        not_yet="the course is not open to you yet",
        stays="The course stays open to you.",
        ended="no longer opens the course. What you completed is kept, and is there again if you return. If you had "
        "earned a certificate of the course, it was withdrawn, and its page says so.",
        again="The course is open to you again.",
        paused="Until that is settled, the course is closed to you. Nothing of what you did is lost.",
        suspended="If you had earned a certificate of the course, it is suspended meanwhile, and its page says so.",
        restored="The course is open to you, all you did is there, and a certificate that was suspended counts again.",
    )


def of_plan(title: str) -> Words:
    """What is bought for oneself and paid over time."""
    asking = "The payments of a plan go back one by one, which somebody at the school does."
    return replace(of_course("course", title), asking=asking)


def of_seats(title: str) -> Words:
    """What is bought for a team."""
    return Words(
        noun="seats",
        name=title,
        ready="your seats are ready",
        not_yet="the seats are not ready yet",
        stays="The seats stay yours.",
        ended="no longer gives its seats: invitations are void, and who held one is out of the course. What they "
        "completed is kept; a certificate that rested on a seat was withdrawn, and its page says so.",
        again="The seats that went with this refund are yours again.",
        paused="Until that is settled, the seats are closed. Nothing of what was done with them is lost.",
        suspended="Certificates that rest on them are suspended meanwhile, and their pages say so.",
        restored="The seats are open, and certificates that were suspended count again.",
        asking="Whether money for seats goes back depends on how they were used, which somebody at the school "
        "looks at.",
    )


def of_gift(name: str) -> Words:
    """What is bought for somebody else."""
    return Words(
        noun="gift",
        name=name,
        ready=f"{name} is ready",
        not_yet="nothing was sent to anybody",
        stays="The gift stays good.",
        ended="no longer holds a gift: a code that nobody has claimed opens nothing any more, and where it was "
        "claimed, the course has closed to whoever claimed it.",
        again="The gift is good again.",
        paused="Until that is settled, the code of the gift cannot be claimed; where it was claimed, the course is "
        "closed meanwhile.",
        suspended="A certificate that rests on it is suspended, too.",
        restored="The gift is good: its code can be claimed, or the course is open to whoever claimed it.",
        asking="Whether money for a gift goes back depends on whether it was claimed, which somebody at the school "
        "looks at.",
    )
