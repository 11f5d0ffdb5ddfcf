"""Objects that only one account has: found at run time, named one by one or all by one name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from ingestion.engine.cache import Cache
from ingestion.engine.errors import CredentialsError, IngestionError, SkippableError
from ingestion.engine.land import SHAPE_ERRORS, misshapen
from ingestion.model import (
    OWN_OBJECTS,
    Connection,
    Entity,
    Home,
    Landed,
    Pull,
    Source,
    Window,
)


def is_own(source: Source, name: str) -> bool:
    """Whether the name stands for all objects that only the account has."""
    return source.discover is not None and name == OWN_OBJECTS


def is_asked_for(source: Source, names: Sequence[str]) -> bool:
    """Whether those objects are asked for: by their common name, or with all of the source."""
    is_all = set(source.entities) <= set(names)
    return source.discover is not None and (is_all or OWN_OBJECTS in names)


def discovered(
    source: Source,
    names: Sequence[str],
    settings: Mapping[str, str],
    connection: Connection,
    cache: Cache,
) -> tuple[list[Entity], list[Landed]]:
    """The account's own objects, where they are asked for; what kept us from them.

    Trouble with them is no reason to leave out the rest.
    """
    if source.discover is None or not is_asked_for(source, names):
        return [], []
    with connection.open_client() as client:
        some = next(iter(source.entities.values()))
        pull = Pull(client, cache, settings, some, "whole", Window(None, connection.now))
        try:
            named = set(names) - {OWN_OBJECTS}
            found = [name for name in source.discover(pull) if name not in named]
            return [source.entity(name) for name in found], []
        except CredentialsError:
            raise
        except SkippableError as error:
            return [], [Landed(source.name, OWN_OBJECTS, "skipped", reason=str(error))]
        except IngestionError as error:
            return [], [Landed(source.name, OWN_OBJECTS, "failed", reason=str(error))]
        except SHAPE_ERRORS as error:
            reason = str(misshapen(error))
            return [], [Landed(source.name, OWN_OBJECTS, "failed", reason=reason)]


def with_own(source: Source, names: Iterable[str], home: Home) -> list[Entity]:
    """The entities of these names; with all of the source also those that only the account has."""
    asked = list(names)
    found = {name: source.entity(name) for name in asked if not is_own(source, name)}
    folder = home.landing / source.name
    if is_asked_for(source, asked) and folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.name not in found and source.custom is not None:
                with suppress(KeyError):  # a folder of something else
                    found[path.name] = source.custom(path.name)
    return list(found.values())
