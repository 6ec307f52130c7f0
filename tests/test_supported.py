"""The page of what is supported says what the data says today."""

from camscan.identify.knowledge_base import load_knowledge
from tests.supported import COMMAND, PAGE, page


def test_the_page_is_that_of_the_data() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(load_knowledge()) + "\n", f"write it anew: {COMMAND}"


def test_the_page_names_both_makers_their_brands_and_proven_models() -> None:
    text = page(load_knowledge())
    for wanted in ("Hikvision SADP | names", "| Amcrest |", "| HiLook |", "| DS-2CD2143G2-I | V5.7.3 |", "unverified"):
        assert wanted in text
    assert text.count("\n") < 1000
