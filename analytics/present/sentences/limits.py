"""Release -> what no figure of it can tell, and what its figures would not bear."""

from analytics.language.text import Text
from analytics.model import Arm, Check, Estimand, Grade, Result, Verdict
from analytics.present.sentences.reasons import checks
from analytics.present.sentences.together import pairs_of, rejects_equality
from analytics.present.verbs import Verb, tells, verb_of
from analytics.release import Figure, Release, measures


def cannot_say(release: Release, text: Text) -> list[str]:
    """What no figure of this release can tell."""
    main = release.headline()
    keys = ["selection", "competitors", "low_point"]
    before = checks(release, main).get(Check.BEFORE)
    if before is not None and before.result is not Result.PASS:
        keys.append("before_failed" if before.result is Result.FAIL else "before_open")
    if not tells(main):
        keys.append("direction")
    apart = rejects_equality(release, "sector") or pairs_of(release, "sector")
    if len(release.codes("sector")) > 1 and not apart:
        keys.append("best_sector")
    if release.programme.whole_of(release.programme.outcome(main.outcome)) is not None:
        keys.append("total")
    return [text(f"cannot_say.{key}") for key in (*keys, "later")]


def total_effect(release: Release) -> Figure | None:
    """The effect on what the headline's outcome is a part of: the grant may move sales from the rest of it."""
    question = release.programme.headline
    whole = release.programme.whole_of(release.programme.outcome(question.outcome))
    if whole is None:
        return None
    effect = measures.EFFECTS[Estimand.EURO_WEIGHTED]
    return release.figure(effect, outcome=whole.name, horizon=question.horizon_code)


def do_not_say(release: Release, text: Text) -> list[str]:
    """Sentences that the figures of this release would not bear."""
    main = release.headline()
    keys = ["thanks_to"]
    if release.main(measures.CHANGE, arm=Arm.FUNDED):
        keys.append("change_as_effect")
    if main.grade is not None and main.verdict is not None:
        keys.append({Verb.LIKELY: "certain", Verb.MAY: "likely"}.get(verb_of(main.grade, main.verdict), "number"))
        if main.verdict in (Verdict.CANNOT_TELL, Verdict.SAME) or main.grade is Grade.VERY_LOW:
            keys.append("no_effect")
    if len(release.codes("sector")) > 1:
        if pairs_of(release, "sector"):
            keys.append("sector_ranking")
        else:
            keys.append("sector_order" if rejects_equality(release, "sector") else "best_sector")
    keys.append("point_alone")
    if release.main(measures.EXTRA_SALES):
        keys.append("profit")
    divided = [tranche for tranche in release.programme.tranches if tranche.announced_eur_is == "grants"]
    if any(t.announced_eur for t in divided) and len(release.programme.tranches) > 1:
        keys.append("divided")
    return [text(f"do_not_say.{key}") for key in keys]
