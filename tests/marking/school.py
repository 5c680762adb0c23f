"""A course whose learners are granted what others are not: more time, more attempts."""

from core.database import transaction
from marking.allowances import services
from marking.allowances.services import Change
from marking.services import Marker
from tests import factories
from tests.quizzes.world import World


class School(World):
    """A learner who has used the only attempt, and an instructor of the course."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self.tutor = factories.make_user("", "Tea Teacher", "instructor")
        factories.teach(self.tutor, self.course)
        self.marker = Marker(self.tutor.id, False)
        self.url = f"/learn/{self.course.slug}/quizzes/{self.step.slug}"
        self.desk = f"/studio/courses/{self.course.slug}/accommodations"

    def ask(self, reason: str = "I was ill.") -> int:
        with transaction():
            return services.ask(self.user.id, self.quiz, self.step.id, reason).id

    def answer(self, request: int, grant: bool, sentence: str = "") -> None:
        with transaction():
            services.answer(self.marker, request, grant, sentence)

    def change(self, quiz: bool = True, **changed: object) -> int:
        with transaction():
            wanted = Change(**changed)  # type: ignore[arg-type]
            quiz_id = self.quiz.id if quiz else None
            return services.change(self.marker, self.user.id, self.course.id, quiz_id, wanted).id

    def end(self, row: int) -> None:
        with transaction():
            services.end(self.marker, self.course.id, row)
