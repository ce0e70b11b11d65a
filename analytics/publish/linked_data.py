"""Things with properties, as linked data writes them. rdflib is imported here alone, and only when asked."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from analytics.publish.formats.values import NOT_IN_XML

if TYPE_CHECKING:
    from rdflib import Literal, URIRef

NAMES: Final[Mapping[str, str]] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
Term: TypeAlias = "URIRef"


class LinkedData:
    """A graph that is being written."""

    def __init__(self) -> None:
        """Empty, with the prefixes of the vocabularies in use."""
        from rdflib import Graph

        self.graph: Graph = Graph()
        for prefix, space in NAMES.items():
            self.graph.bind(prefix, space)

    def uri(self, address: str) -> "URIRef":
        """A thing by its address."""
        from rdflib import URIRef

        return URIRef(address)

    def name(self, short: str) -> "URIRef":
        """A term of a vocabulary: "dct:title"."""
        prefix, _, name = short.partition(":")
        return self.uri(NAMES[prefix] + name)

    def literal(self, value: object) -> "Literal":
        """A value; text without what XML cannot hold."""
        from rdflib import Literal
        from rdflib.namespace import XSD

        if isinstance(value, dt.datetime):
            return Literal(value.isoformat(), datatype=XSD.dateTime)
        return Literal(NOT_IN_XML.sub("", value) if isinstance(value, str) else value)

    def thing(self, thing: "URIRef", kinds: Sequence[str], **values: object) -> "URIRef":
        """A thing with its classes and properties ("dct__title"); None is left out, a mapping has languages as keys."""
        from rdflib import Literal
        from rdflib.term import Node

        for kind in kinds:
            self.graph.add((thing, self.name("rdf:type"), self.name(kind)))
        for name, value in values.items():
            listed: Iterator[Node]
            if isinstance(value, Mapping):
                listed = (Literal(NOT_IN_XML.sub("", words), lang=language) for language, words in value.items())
            else:
                given = [] if value is None else value if isinstance(value, list) else [value]
                listed = (one if isinstance(one, Node) else self.literal(one) for one in given)
            for term in listed:
                self.graph.add((thing, self.name(name.replace("__", ":")), term))
        return thing
