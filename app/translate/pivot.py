"""Several models as one: one for each pair of languages, and through English where there is none for a pair."""

from collections.abc import Mapping, Sequence

from app.errors import TranslateError
from app.translate.model import LanguagePairs, ModelCandidate, ModelRow, TextModel

PIVOT = "en"


def combine_pairs(pairs: Sequence[LanguagePairs]) -> LanguagePairs:
    """Return what models translate together, directly or through English."""
    direct = {
        (source, target) for one in pairs for source in one.sources for target in one.targets if one.has(source, target)
    }
    through = {
        (source, target)
        for source, middle in direct
        if middle == PIVOT
        for other, target in direct
        if other == PIVOT and target != source
    }
    both = frozenset(direct | through)
    return LanguagePairs(frozenset(source for source, _ in both), frozenset(target for _, target in both), both)


class PivotModel:
    """Uses the model of each pair; it implements `TextModel`."""

    def __init__(self, models: Sequence[TextModel]) -> None:
        """Use models; where two translate a pair, the first one does."""
        self._models = tuple(models)
        self._pairs = combine_pairs([model.pairs for model in models])

    @property
    def pairs(self) -> LanguagePairs:
        """What they translate together."""
        return self._pairs

    @property
    def context_sentences(self) -> int:
        """None: each was trained on single sentences."""
        return 0

    def placeholder(self, number: int) -> str | None:
        """They know none."""
        return None

    def generate(self, rows: Sequence[ModelRow], *, beam_size: int = 1, n_best: int = 1) -> list[list[ModelCandidate]]:
        """Return up to `n_best` candidates for each row, the best first; see `TextModel.generate`.

        Each score is that of the last step: what English made of the sentence is not judged.
        """
        routes = [self._find_route(row) for row in rows]
        english: dict[int, ModelRow] = {
            number: ModelRow(row.text, row.language, PIVOT)
            for number, (row, route) in enumerate(zip(rows, routes, strict=True))
            if len(route) > 1
        }
        first = {number: routes[number][0] for number in english}
        middle = {number: found[0] for number, found in self._run(english, first, beam_size, 1).items() if found}
        last = {
            number: ModelRow(middle[number].text.strip(), PIVOT, row.target, row.prefix) if number in english else row
            for number, row in enumerate(rows)
            if number not in english or number in middle
        }
        found = self._run(last, {number: routes[number][-1] for number in last}, beam_size, n_best)
        return [
            [
                ModelCandidate(one.text, one.logprob, one.is_complete and (n not in middle or middle[n].is_complete))
                for one in found.get(n, [])
            ]
            for n in range(len(rows))
        ]

    def _find_route(self, row: ModelRow) -> tuple[TextModel, ...]:
        for model in self._models:
            if model.pairs.has(row.language, row.target):
                return (model,)
        first = next((model for model in self._models if model.pairs.has(row.language, PIVOT)), None)
        second = next((model for model in self._models if model.pairs.has(PIVOT, row.target)), None)
        if first is None or second is None:
            raise TranslateError(f"No model here translates from {row.language} to {row.target}, nor through English.")
        return (first, second)

    def _run(
        self, rows: Mapping[int, ModelRow], models: Mapping[int, TextModel], beam_size: int, n_best: int
    ) -> dict[int, list[ModelCandidate]]:
        """Translate rows, those of each model in one batch."""
        found: dict[int, list[ModelCandidate]] = {}
        for model in self._models:
            numbers = [number for number in rows if models[number] is model]
            if numbers:
                batch = [rows[number] for number in numbers]
                found.update(zip(numbers, model.generate(batch, beam_size=beam_size, n_best=n_best), strict=True))
        return found
