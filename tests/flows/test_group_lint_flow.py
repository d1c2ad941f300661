"""`report groups`: what is not in order in the tree of groups."""

from __future__ import annotations

from tests.flows.playing import PLAYBOOK, Line, Stage, operator, says

TREE = (
    PLAYBOOK.partition("[[tiers]]")[0]
    + """
[[tiers]]
name = "总舵"
owner_role = "owner"
join = { tags = ["舵主"] }
[[tiers]]
name = "分舵"
parent = "总舵"
owner_role = "branch"
join = { tags = ["核心"] }
[[tiers]]
name = "堂口"
parent = "分舵"
capacity = 3
owner_role = "hall"
"""
)
FRIENDS = ("wx-boss", "founder", "idle", "guest", "alone")
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main"}],
        "contacts": [{"id": one, "name": one.upper(), "friend_of": ["main"]} for one in FRIENDS],
        "groups": [
            {"id": "head@chatroom", "topic": "总舵", "owner": "main", "members": ["main", "founder", "idle"]},
            {"id": "branch@chatroom", "topic": "一分舵", "owner": "main", "members": ["main", "founder"]},
            {"id": "hall@chatroom", "topic": "一堂", "owner": "main", "members": ["main", "guest", "s1", "s2"]},
            {"id": "lost@chatroom", "topic": "二堂", "owner": "main", "members": ["main"]},
            {"id": "other@chatroom", "topic": "别人的群", "members": ["main", "s3"]},
        ],
    }
}
BOUND = [
    operator("08:00:00", "group bind head@chatroom --tier 总舵"),
    operator("08:00:01", "group bind branch@chatroom --tier 分舵 --parent head@chatroom --owner founder"),
    operator("08:00:02", "group bind hall@chatroom --tier 堂口 --parent branch@chatroom"),
    operator("08:00:03", "group bind lost@chatroom --tier 堂口 --owner founder"),
]


def test_each_fault_of_the_tree_is_a_row(stage: Stage) -> None:
    stage.write("playbook.toml", TREE)
    played = stage.play(
        [*BOUND, operator("09:00:00", "report groups --json"), says("09:01:00", "s3", "hi")], world=WORLD
    )
    rows = played.rows("report groups")
    assert [(row["code"], row["group"], row["contact"], row["tier"]) for row in rows] == [
        ("head_without_branch", "head@chatroom", "idle", "总舵"),
        ("hall_without_owner", "hall@chatroom", None, "堂口"),
        ("member_in_no_group", None, "alone", None),
        ("over_capacity", "hall@chatroom", None, "堂口"),
        ("orphan_group", "lost@chatroom", None, "堂口"),
    ]
    assert all(list(row) == ["code", "group", "contact", "tier", "text"] and row["text"] for row in rows)


def test_the_table_is_for_people_and_what_is_in_order_says_so(stage: Stage) -> None:
    stage.write("playbook.toml", TREE)
    played = stage.play([*BOUND, operator("09:00:00", "report groups")], world=WORLD)
    assert "超员" in played.operator("report groups")["out"]
    healthy: Line = {"world": {"accounts": [{"id": "main"}]}}
    played = stage.play([operator("09:00:00", "report groups")], world=healthy)
    assert played.operator("report groups") | {"at": ""} == {
        "at": "",
        "operator": "report groups",
        "exit": 0,
        "out": "群都没有毛病。\n",
    }
