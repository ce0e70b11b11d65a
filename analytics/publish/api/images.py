"""The image of an approved figure, and the page that other sites show in a frame."""

from typing import Final

from analytics.language.text import Text
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.publish.api.answers import Answer, Making, headers_of, key_of
from analytics.publish.api.asked import Asked, Standing
from analytics.publish.api.figures import find_figure
from analytics.publish.api.refusals import Refusal
from analytics.publish.embedded import embedded_page
from analytics.publish.images.figure_image import TEXT, FigureImage, figure_image, written
from analytics.publish.images.sizes import SIZES

MEDIA: Final = {"svg": "image/svg+xml", "png": "image/png", TEXT: "text/plain; charset=utf-8"}
HTML: Final = "text/html; charset=utf-8"
USUAL_SIZE: Final = "web"
# What is opened by itself runs nothing and loads nothing; whoever wants may show the page in a frame.
SEALED: Final = "default-src 'none'; style-src 'unsafe-inline'"
FRAMED: Final = f"{SEALED}; font-src data:; frame-ancestors *"


def prepare_image(asked: Asked) -> Making:
    """The image of a figure in one of the sizes. Raises Refusal for a figure that carries no sentence."""
    headline, standing, text = _approved(asked)
    name, ending = asked.query.get("size", USUAL_SIZE), asked.parts["ending"]
    if name not in SIZES:
        raise Refusal("unknown_code", SIZES, name="size", value=name)
    size, release = SIZES[name], standing.release

    def make() -> Answer:
        image = _image(asked, headline, standing, text)
        body = written(image, release, headline, size, text, ending)
        return Answer(body, MEDIA[ending], told={**headers_of(standing), "content-security-policy": SEALED})

    key = key_of(asked, standing, "image", headline.figure.figure_id, ending, name)
    return Making(make, key, is_heavy=ending == "png")


def prepare_embedded(asked: Asked) -> Making:
    """A page with one figure: sentence, picture, where it comes from, where it stands."""
    headline, standing, text = _approved(asked)

    def make() -> Answer:
        image = _image(asked, headline, standing, text)
        body = embedded_page(image, standing.release, headline, standing.state, standing.newer, asked.site, text)
        return Answer(body.encode(), HTML, told={**headers_of(standing), "content-security-policy": FRAMED})

    return Making(make, key_of(asked, standing, "embedded", headline.figure.figure_id))


def _approved(asked: Asked) -> tuple[Headline, Standing, Text]:
    """The sentence of the figure that is asked for."""
    parsed, standing = find_figure(asked)
    text = asked.text_of(standing.release)
    for headline in approved_sentences(standing.release, text):
        if headline.figure.figure_id == str(parsed) and headline.figure.published:
            return headline, standing, text
    raise Refusal("no_sentence", value=str(parsed))


def _image(asked: Asked, headline: Headline, standing: Standing, text: Text) -> FigureImage:
    published = None if standing.seen is None else standing.seen.published
    return figure_image(standing.release, headline, text, published=published, site=asked.site)
