"""The image of a picture that a page shows, and the same in words."""

from typing import Final

from analytics.model import UserError
from analytics.present.pictures import Absent, Picture
from analytics.present.titled import PLACES, Titled, picture_asked
from analytics.publish.api.answers import Answer, Making, headers_of, key_of
from analytics.publish.api.asked import Asked, Standing
from analytics.publish.api.images import MEDIA, SEALED
from analytics.publish.api.refusals import Refusal, refused
from analytics.publish.api.tables import OF_ANY
from analytics.publish.images.figure_image import TEXT
from analytics.publish.images.picture_image import picture_image, picture_png, picture_svg

_HEADERS: Final = {"content-security-policy": SEALED}


def prepare_picture(asked: Asked) -> Making:
    """A picture of a page, with the choices of its address. Raises Refusal where the page would show none."""
    name, ending = asked.parts["name"], asked.parts["ending"]
    if ending not in MEDIA:
        raise Refusal("unknown_format", MEDIA, value=ending)
    if name not in PLACES:
        raise Refusal("unknown_picture", PLACES, value=name)
    standing = asked.standing()

    def make() -> Answer:
        drawn = _drawn(asked, standing, name)
        if isinstance(drawn.shown, Absent):
            raise Refusal("no_picture", about={"reason": drawn.shown.words}, value=name)
        body = _written(asked, standing, drawn, drawn.shown, ending)
        return Answer(body, MEDIA[ending], told={**headers_of(standing), **_HEADERS})

    return Making(make, key_of(asked, standing, "picture", name, ending), is_heavy=ending == "png")


def _drawn(asked: Asked, standing: Standing, name: str) -> Titled:
    release = standing.release
    given = {key: value for key, value in asked.query.items() if key not in OF_ANY}
    try:
        return picture_asked(name, given, release, asked.text_of(release))
    except UserError as error:
        if error.details.get("name") == "picture":
            raise Refusal("unknown_picture", PLACES, value=name) from error
        raise refused(error) from error


def _written(asked: Asked, standing: Standing, drawn: Titled, picture: Picture, ending: str) -> bytes:
    release, text = standing.release, asked.text_of(standing.release)
    published = None if standing.seen is None else standing.seen.published
    image = picture_image(release, drawn, picture, text, published=published, site=asked.site, pages=dict(asked.pages))
    if ending == TEXT:
        return f"{image.alt}\n".encode()
    svg = picture_svg(image, drawn, picture, text)
    return picture_png(svg, image) if ending == "png" else svg.encode()
