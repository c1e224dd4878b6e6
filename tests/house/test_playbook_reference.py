"""The reference of the playbook format says what the models say."""

from tools.playbook_reference import wanted


def test_the_reference_is_up_to_date() -> None:
    for path, text in wanted().items():
        assert path.read_text("utf-8") == text, f"{path.name}: run tools/playbook_reference.py"
