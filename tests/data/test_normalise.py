from __future__ import annotations

import pytest

from replication.data.normalise import mask_persons, normalise, skeleton


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  很好，\u3000很好！\r\n", "很好, 很好!"),
        ("ＡＢＣ１２３", "ABC123"),
        ("电\u200b话\ufeff：１３８\t\t0000", "电话:138 0000"),
        ("A&#183;B&nbsp;C &lt;好&gt; R&D;x", "A·B C <好> R&D;x"),
        ("坏\x00字\x07符\ue019和\ufffd", "坏字符和"),
        ("赞👍🏻!", "赞👍🏻!"),
        ("大写ABC保留", "大写ABC保留"),
        ("————", ""),
        ("！！ \u200b:)", ""),
        ("", ""),
    ],
)
def test_normalise(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


@pytest.mark.parametrize("text", ["很好, 很好!", "&amp;amp;lt;3", "ﬁne ①②③ ㎡", "a\u0301 é İ 1"])
def test_normalising_again_changes_nothing_but_nested_references(text: str) -> None:
    once = normalise(text)
    while normalise(once) != once:
        assert "&" in once
        once = normalise(once)
    assert normalise(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("股价涨3.5%", "股价 涨 12.75 %"),
        ("详见http://a.cn/x?y=1好", "详见 www.other.com/zzz 好"),
        ("加微信 @abc_1!", "加微信@zzz9"),
        ("@某某某 转发", "@另一个人: 转发"),
        ("加@abc马上送", "加@zz_9马上送"),
        ("Good品质!!", "good品质"),
        ("看smallstonesoft.com网站", "看 other.net/index.html 网站"),
    ],
)
def test_skeleton_levels_what_varies(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_skeleton_keeps_what_differs() -> None:
    assert skeleton("质量好") != skeleton("质量不好")
    assert skeleton("买1个") == "买0个"
    assert skeleton("看 http://a.cn 吧") == "看L吧"
    assert skeleton("价格@优惠得很今天就来我们这里的店里看一看吧") == "价格优惠得很今天就来我们这里的店里看一看吧"
    assert skeleton("l h 0") != skeleton("http://a.cn @b 1")


def test_only_long_runs_of_digits_are_masked() -> None:
    assert mask_persons("电话13800001111,价1234元,QQ12345") == "电话•••••••••••,价1234元,QQ•••••"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("尊敬的王小明您的行程为0月日", "尊敬的•••您的行程为0月日"),
        ("尊敬的工行用户您的积分", "尊敬的工行用户您的积分"),
        ("尊敬的会员电脑直降千元", "尊敬的会员电脑直降千元"),
        ("订单号李先生您已购", "订单••先生您已购"),
        ("联系赵女士101 1490 4914", "联••女士101 1490 4914"),
        ("您已购车次太原开王小明李华铁路客服", "您已购车•••••••••铁路客服"),
        ("这本书很好", "这本书很好"),
    ],
)
def test_names_beside_a_form_of_address_are_masked(text: str, shown: str) -> None:
    assert mask_persons(text) == shown
