from __future__ import annotations

import pytest

from replication.data.level import MARK, ONE_IN, Post, distinct, level, matched


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您好！请于2014-08-13到杭州，电话：13800000000。", "您好请于0到杭州电话"),
        ("手头 紧 找 平安 直通 贷 DIGIT 万 详情 点击 URLdfge PLACE ", "手头紧找平安直通贷0万详情点击"),
        ("点击下载 http://139url.cn/98r6hc?a=b 谢谢", "点击下载0谢谢"),
        ("@小明 你好，ｉＰｈｏｎｅ５ 不错😀", "0你好不错"),
        ("黑人、白人…都好[doge]", "黑人白人都好0"),
        ("！！？", ""),
    ],
)
def test_what_is_left_is_chinese_characters_and_one_mark(text: str, expected: str) -> None:
    assert level(text) == expected


def test_sources_that_say_the_same_come_out_the_same() -> None:
    segmented = "尊敬 的 工商 用户 您 的 电子 密码 器 将 于 DIGIT 日 过期 请 登陆 URL 进行 效验 "
    plain = "尊敬的工商用户,您的电子密码器将于15日过期!请登陆wap.icbczb.com进行效验"
    assert level(segmented) == level(plain) == "尊敬的工商用户您的电子密码器将于0日过期请登陆进行效验"


def post(text: str, label: str = "a", source: str = "s") -> Post:
    return Post(text, source, label, "f")


def test_of_near_duplicates_one_stays_whatever_the_order() -> None:
    long = "尊敬的工商用户您的电子密码器将于日过期请登陆进行效验谢谢您的合作"
    posts = [post(long), post(long + "啊"), post("今天天气真的不错"), post("短")]
    kept = distinct(posts, 0.7)
    assert len(kept) == 2 and post("今天天气真的不错") in kept
    assert distinct(posts[::-1], 0.7) == kept


def test_near_duplicates_that_bear_two_labels_are_left_out() -> None:
    assert distinct([post("今天天气真的不错", "a"), post("今天天气真的不错", "b")], 0.7) == []


def test_every_source_gets_the_same_share_of_marked_posts() -> None:
    marked = [post(f"{MARK}{'好' * number}") for number in range(5 * ONE_IN)]
    plain = [post("好" * (number + 1)) for number in range(3)]
    assert [entry.marked for entry in matched(plain + marked, 2 * ONE_IN)] == [True] * (2 * ONE_IN - 2) + [False] * 2
    assert len(matched(plain + marked, 1000)) == 3 * ONE_IN
    assert matched(marked, 1000) == []
