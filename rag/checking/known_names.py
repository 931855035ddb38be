"""Names that neither spelling nor the dictionary takes from one language to the other."""

from __future__ import annotations

# What belongs to a country is named as the country.
DEMONYMS = {
    "chinese": "china", "american": "united states", "americans": "united states",
    "british": "britain", "english": "england", "french": "france", "german": "germany",
    "germans": "germany", "italian": "italy", "italians": "italy", "russian": "russia",
    "russians": "russia", "japanese": "japan", "korean": "korea", "koreans": "korea",
    "indian": "india", "indians": "india", "canadian": "canada", "canadians": "canada",
    "belgian": "belgium", "belgians": "belgium", "dutch": "netherlands", "spanish": "spain",
    "swiss": "switzerland", "swedish": "sweden", "danish": "denmark", "norwegian": "norway",
    "finnish": "finland", "polish": "poland", "greek": "greece", "turkish": "turkey",
    "israeli": "israel", "egyptian": "egypt", "brazilian": "brazil", "mexican": "mexico",
    "australian": "australia", "australians": "australia", "european": "europe",
    "europeans": "europe", "african": "africa", "africans": "africa", "asian": "asia",
    "vietnamese": "vietnam", "thai": "thailand", "malaysian": "malaysia", "ukrainian": "ukraine",
    "singaporean": "singapore", "indonesian": "indonesia", "taiwanese": "taiwan",
    "hungarian": "hungary", "austrian": "austria", "irish": "ireland", "scottish": "scotland",
    "portuguese": "portugal", "ugandan": "uganda", "kenyan": "kenya", "argentine": "argentina",
    "chilean": "chile", "iranian": "iran", "iraqi": "iraq", "pakistani": "pakistan",
}  # fmt: skip

SAME_PLACE = dict.fromkeys(
    ("us", "u.s", "u.s.", "usa", "america", "united states", "the us"), ("united states", "america")
) | dict.fromkeys(
    ("uk", "u.k", "u.k.", "britain", "great britain", "england", "united kingdom"),
    ("united kingdom", "britain", "england"),
)
"""Other names of a country, each with those that the dictionary may have."""

_CHINESE_NAME = {
    "tmall": "天猫", "tmall global": "天猫国际", "taobao": "淘宝", "alipay": "支付宝",
    "aliexpress": "速卖通", "alibaba.com": "国际站", "wechat": "微信", "jd": "京东",
    "jd.com": "京东", "tencent": "腾讯", "baidu": "百度", "huawei": "华为", "xiaomi": "小米",
    "didi": "滴滴", "ctrip": "携程", "qunar": "去哪儿", "dianping": "点评",
    "ant financial": "蚂蚁金服", "ant group": "蚂蚁集团", "walmart": "沃尔玛", "google": "谷歌",
    "apple": "苹果", "microsoft": "微软", "samsung": "三星", "facebook": "脸书",
    "amazon": "亚马逊", "daniel zhang": "张勇", "jack ma": "马云", "pony ma": "马化腾",
    "un": "联合国", "wto": "世贸组织", "imf": "国际货币基金组织", "eu": "欧盟",
    "unctad": "贸发会议", "sdr": "特别提款权", "oecd": "经合组织", "unesco": "教科文组织",
    "who": "世界卫生组织", "asean": "东盟", "apec": "亚太经合组织", "world bank": "世界银行",
}  # fmt: skip
SAME_NAME = _CHINESE_NAME | {chinese: latin for latin, chinese in _CHINESE_NAME.items()}
"""Firms, bodies and persons whose two names have nothing in common."""

ABBREVIATED = {"阿里巴巴": "阿里", "alibaba": "阿里", "alibaba group": "阿里"}

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"
    "余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯"
    "龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤井樊华蒲俞"
)
"""The most frequent Chinese surnames of one character."""
