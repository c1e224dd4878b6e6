import pytest

from tests.insight.scene import Scene


@pytest.fixture
def scene(db) -> Scene:
    return Scene()
