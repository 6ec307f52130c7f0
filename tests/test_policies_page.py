"""The page on policies says of each what the data says, under its id, and its examples are files that load."""

import re
from pathlib import Path

from camscan.assess.own_policy.file import load_own_policy
from camscan.assess.site_file import load_sites
from tests.policies_page import COMMAND, MARK, PAGE, written
from tests.policy_rig import shipped, vocabulary

TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_the_page_is_that_of_the_data() -> None:
    assert TEXT.split(MARK)[1] == written(shipped().values()), f"write it anew: {COMMAND}"


def test_each_policy_has_an_anchor_that_is_its_id() -> None:
    assert [name for name in re.findall(r"^## (\S+)$", TEXT, re.MULTILINE) if name in shipped()] == list(shipped())


def test_the_examples_of_the_page_load(tmp_path: Path) -> None:
    sites, own = (tmp_path / name for name in ("sites.toml", "own.toml"))
    for path, text in zip((sites, own), EXAMPLES, strict=True):
        path.write_text(text, encoding="utf-8")
    assert [site.name for site in load_sites(sites, shipped())] == ["Town hall", "Ministry, server rooms"]
    words = vocabulary()
    policy = load_own_policy(own, makers=words.makers, kinds=words.kinds, capabilities=words.capabilities)
    assert len(policy.approved) == len(policy.floors) == len(policy.bans) == 1
