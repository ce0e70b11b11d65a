"""What looks wrong in data that can be loaded: told with a count, an example and what to check, never a refusal."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Warned:
    """One kind of thing that looks wrong. reason: a key of the text files under `warn.`; count: how many rows, firms or
    months; column: ours, "" where it is none; example: the first of them, in the file's words; details: what else the
    sentence names."""

    reason: str
    count: int
    column: str = ""
    example: str = ""
    details: dict[str, object] = field(default_factory=dict)
