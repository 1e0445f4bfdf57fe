"""Every way in over HTTP, found in the resolver and in the API, with the door it declares."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from interviews.access import Door
from meetmind.api import api

# Pages that packages bring, with the door each has. They are mounted in meetmind/urls.py only.
OF_PACKAGES = {
    "allauth.": Door("public"),
    "ninja.openapi.": Door("public"),
}


@dataclass(frozen=True, slots=True)
class Route:
    """One way in. `name` is what its example arguments are found by."""

    name: str
    method: str  # empty: a page, which is tried with GET and POST
    door: Door | None
    address: Callable[[dict[str, object]], str]
    parameters: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.name}".strip()


def pages() -> Iterator[Route]:
    """Every pattern of the site but the API's operations."""
    for pattern, namespace in _patterns(get_resolver().url_patterns):
        view = pattern.callback
        module = _module_of(view)
        if module == "ninja.operation":
            continue
        package = next(
            (door for name, door in OF_PACKAGES.items() if module.startswith(name)), None
        )
        name = namespace + (pattern.name or str(pattern.pattern))
        yield Route(
            name=name,
            method="",
            door=getattr(view, "door", None) or package,
            address=partial(_reverse, name),
            parameters=tuple(pattern.pattern.converters),
        )


def operations() -> Iterator[Route]:
    """Every operation of the API."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            whole = f"/api/v1{prefix.rstrip('/')}{path}"
            names = tuple(re.findall(r"{(?:[^}:]*:)?([^}]+)}", whole))
            for operation in view.operations:
                for method in operation.methods:
                    yield Route(
                        name=operation.view_func.__name__,
                        method=method,
                        door=getattr(operation.view_func, "door", None),
                        address=partial(_fill, whole),
                        parameters=names,
                    )


def _module_of(view: object) -> str:
    """The module a view comes from, under the decorators it wears."""
    view = getattr(view, "view_class", view)
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return str(getattr(getattr(view, "func", view), "__module__", ""))


def _reverse(name: str, arguments: dict[str, object]) -> str:
    return reverse(name, kwargs=arguments)


def _fill(path: str, arguments: dict[str, object]) -> str:
    return re.sub(r"{(?:[^}:]*:)?([^}]+)}", lambda found: str(arguments[found.group(1)]), path)


def _patterns(
    entries: list[URLPattern | URLResolver], namespace: str = ""
) -> Iterator[tuple[URLPattern, str]]:
    """Each with the namespace it is reversed by (`scheduler:`)."""
    for entry in entries:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _patterns(entry.url_patterns, inner)
        else:
            yield entry, namespace
