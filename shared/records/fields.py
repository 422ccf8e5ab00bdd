"""Which fields a record has, which of them are sealed, and by which headers people's tables name them.

Names are matched after ``plain``: width, case, spaces and what stands in brackets do not count.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shared.words import RecordKind

_NOISE = re.compile(r"[\s_\-:：*＊/、]+|[((\[【].*?[))\]】]")


@dataclass(frozen=True)
class Field:
    slug: str
    zh: tuple[str, ...]
    """The first one heads an export."""
    en: tuple[str, ...]
    sealed: bool = False
    wanted: bool = False
    """A record without it is counted as incomplete."""


_KEY = Field("key", ("编号", "序号码", "档案号", "id编号"), ("key", "id", "no"))
_GRID = Field(
    "grid", ("网格", "网格编号", "所属网格", "网格编码", "网格号", "所在网格"), ("grid", "gridcode")
)
_BUILDING = Field(
    "building",
    ("楼栋", "楼号", "栋号", "门牌", "门牌号", "楼栋号", "楼幢", "幢号", "楼宇", "所在楼栋"),
    ("building", "block"),
)
_ENTRANCE = Field(
    "entrance",
    ("单元", "单元号", "所在单元", "门洞", "梯号", "楼门"),
    ("entrance", "staircase", "stairwell"),
    sealed=True,
)
_UNIT = Field(
    "unit",
    ("室号", "房号", "房间号", "户号", "单元室号", "门室", "室"),
    ("unit", "room", "flat"),
    sealed=True,
)
_PHONE = Field(
    "phone",
    (
        "电话",
        "手机",
        "手机号",
        "手机号码",
        "联系电话",
        "联系方式",
        "电话号码",
        "手机电话",
        "本人电话",
        "联系手机",
        "移动电话",
    ),
    ("phone", "mobile", "telephone", "tel"),
    sealed=True,
    wanted=True,
)
_ADDRESS = Field(
    "address",
    (
        "地址",
        "住址",
        "详细地址",
        "现住址",
        "居住地址",
        "家庭住址",
        "家庭地址",
        "现居住地址",
        "居住地",
        "经营地址",
        "所在位置",
        "位置",
    ),
    ("address",),
    sealed=True,
)
_NOTES = Field("notes", ("备注", "说明", "备考"), ("notes", "remarks", "note"), sealed=True)
_CONFIRMED = Field(
    "confirmed_on", ("核实日期", "核查日期", "采集日期", "确认日期"), ("confirmedon", "confirmed", "verified")
)

FIELDS: Final[dict[RecordKind, tuple[Field, ...]]] = {
    RecordKind.PERSON: (
        _KEY,
        Field(
            "name",
            ("姓名", "居民姓名", "名字", "人员姓名", "老人姓名", "对象姓名"),
            ("name", "fullname"),
            sealed=True,
            wanted=True,
        ),
        Field(
            "id_number",
            (
                "身份证号",
                "身份证",
                "身份证号码",
                "公民身份号码",
                "证件号码",
                "证件号",
                "居民身份证号码",
                "居民身份证号",
                "身份号码",
                "身份证件号码",
            ),
            ("idnumber", "idcard", "nationalid"),
            sealed=True,
            wanted=True,
        ),
        _PHONE,
        Field(
            "born",
            ("出生日期", "出生年月", "生日", "出生年月日"),
            ("born", "birthdate", "dateofbirth"),
            sealed=True,
        ),
        Field("sex", ("性别",), ("sex", "gender"), sealed=True),
        Field("category", ("户籍类型", "人员类别", "人口类别", "户籍性质", "居住性质"), ("category", "type")),
        _GRID,
        _BUILDING,
        _ENTRANCE,
        _UNIT,
        Field("dwelling", ("房屋编号", "住房编号"), ("dwelling", "dwellingkey")),
        _ADDRESS,
        Field(
            "care",
            (
                "关爱类型",
                "重点关爱",
                "特殊群体",
                "关爱原因",
                "关爱对象类别",
                "特殊人群类别",
                "困难类型",
                "帮扶类型",
            ),
            ("care", "carereason"),
            sealed=True,
        ),
        _NOTES,
        _CONFIRMED,
    ),
    RecordKind.DWELLING: (
        _KEY,
        _GRID,
        _BUILDING,
        _ENTRANCE,
        _UNIT,
        Field(
            "residents",
            ("居住人数", "常住人数", "人数", "实际居住人数", "家庭人数", "家庭人口数"),
            ("residents", "people"),
            wanted=True,
        ),
        Field("category", ("房屋类型", "居住类型", "房屋用途"), ("category", "use", "type")),
        Field(
            "name",
            ("户主", "房主", "产权人", "户主姓名", "房主姓名"),
            ("owner", "name", "householder"),
            sealed=True,
        ),
        _PHONE,
        _ADDRESS,
        _NOTES,
        _CONFIRMED,
    ),
    RecordKind.ENTERPRISE: (
        Field("key", ("统一社会信用代码", "信用代码", "编号"), ("key", "creditcode", "uscc", "id")),
        Field(
            "name",
            ("企业名称", "单位名称", "名称", "店名", "商户名称", "公司名称", "市场主体名称", "字号"),
            ("name", "company"),
            sealed=True,
            wanted=True,
        ),
        Field("category", ("行业", "经营类型", "行业类别"), ("category", "trade", "industry"), wanted=True),
        Field(
            "contact",
            ("负责人", "法人", "法定代表人", "联系人", "经营者", "负责人姓名", "法定代表人姓名"),
            ("contact", "manager"),
            sealed=True,
        ),
        _PHONE,
        _GRID,
        _BUILDING,
        _ADDRESS,
        _NOTES,
        _CONFIRMED,
    ),
    RecordKind.FACILITY: (
        _KEY,
        Field("name", ("设施名称", "名称", "部件名称", "设备名称"), ("name",), sealed=True, wanted=True),
        Field(
            "category",
            ("设施类型", "类型", "类别", "设施类别", "部件类型"),
            ("category", "type"),
            wanted=True,
        ),
        Field("contact", ("管理人", "责任人", "联系人"), ("contact", "keeper"), sealed=True),
        Field("phone", _PHONE.zh, _PHONE.en, sealed=True),
        _GRID,
        _BUILDING,
        _ADDRESS,
        _NOTES,
        _CONFIRMED,
    ),
}


def plain(header: str) -> str:
    """Return a header as it is compared: ``联系电话(必填)`` and ``联系 电话`` are the same."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header)).casefold()


def field_of(kind: RecordKind, header: str) -> Field | None:
    """Return the field that this header means, or None."""
    said = plain(header)
    for field in FIELDS[kind]:
        if said in {plain(name) for name in (field.slug, *field.zh, *field.en)}:
            return field
    return None


def recognise(kind: RecordKind, headers: Iterable[str]) -> dict[str, Field]:
    """Return each known header's field. Of two headers for one field, the first stands."""
    found: dict[str, Field] = {}
    taken: set[str] = set()
    for header in headers:
        field = field_of(kind, header)
        if field is not None and field.slug not in taken:
            found[header] = field
            taken.add(field.slug)
    return found


def wanted(kind: RecordKind) -> tuple[str, ...]:
    return tuple(field.slug for field in FIELDS[kind] if field.wanted)
