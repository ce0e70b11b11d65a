"""The description of all addresses in OpenAPI 3.1, made from their list; words from the text files."""

from typing import Any, Final

from analytics.language.text import Text
from analytics.publish.api.answers import EMBARGO
from analytics.publish.api.endpoints import CONTRACT_VERSION, ENDPOINTS, Endpoint, Parameter
from analytics.publish.api.refusals import STATUSES
from analytics.publish.api.schemas import SCHEMAS, named

PATH: Final = "/api/openapi.json"
JSON: Final = "application/json"
REFUSALS: Final = ("400", "401", "404", "410", "414", "429", "503")
HEADERS: Final = (
    *("etag", "vetrina-contract", "vetrina-release", "vetrina-state", "vetrina-data"),
    *("vetrina-fallback", EMBARGO),
)


def document(site: str, text: Text) -> dict[str, Any]:
    """The description, for a site ("https://example.org")."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": text("api.title"),
            "version": CONTRACT_VERSION,
            "description": text("api.says"),
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": site or "/"}],
        "paths": {endpoint.path: {"get": _operation(endpoint, text), "parameters": []} for endpoint in ENDPOINTS}
        | {PATH: {"get": _of_itself(text), "parameters": []}},
        "components": {
            "schemas": dict(SCHEMAS),
            "responses": {status: _refusal(status, text) for status in REFUSALS},
            "headers": {
                name: {"description": text(f"api.header.{name}"), "schema": {"type": "string"}} for name in HEADERS
            },
        },
    }


def _operation(endpoint: Endpoint, text: Text) -> dict[str, Any]:
    parameters = [_parameter(parameter, text) for parameter in endpoint.parameters]
    if endpoint.takes_any:
        parameters.append(
            {
                "name": "filters",
                "in": "query",
                "required": False,
                "style": "form",
                "explode": True,
                "description": text("api.parameter.others"),
                "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            }
        )
    return {
        "operationId": endpoint.name,
        "summary": text(f"api.endpoint.{endpoint.name}"),
        "parameters": parameters,
        "responses": {status: _see(status) for status in REFUSALS}
        | {status: _answer(endpoint, text) for status in endpoint.answers},
    }


def _parameter(parameter: Parameter, text: Text) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "path" if parameter.is_path else "query",
        "required": parameter.is_path,
        "description": text(f"api.parameter.{parameter.about}", name=parameter.name),
        "schema": dict(parameter.schema),
    }


def _answer(endpoint: Endpoint, text: Text) -> dict[str, Any]:
    bodies = {}
    for media in endpoint.media.values():
        is_json = media.partition(";")[0] == JSON
        bodies[media] = {"schema": named(endpoint.schema) if is_json else {"type": "string", "format": "binary"}}
    return {
        "description": text("api.answer"),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS},
        "content": bodies,
    }


def _of_itself(text: Text) -> dict[str, Any]:
    answer = {"description": text("api.answer"), "content": {JSON: {"schema": named("openapi")}}}
    return {
        "operationId": "openapi",
        "summary": text("api.endpoint.openapi"),
        "parameters": [_parameter(ENDPOINTS[0].parameters[-1], text)],
        "responses": {"200": answer} | {status: _see(status) for status in ("400", "414", "429")},
    }


def _see(status: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{status}"}


def _refusal(status: str, text: Text) -> dict[str, Any]:
    codes = [code for code, of in STATUSES.items() if str(of) == status]
    said = text("api.refusal", codes=", ".join(codes))
    return {"description": said, "content": {JSON: {"schema": named("error")}}}
