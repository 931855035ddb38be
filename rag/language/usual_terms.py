"""What words are usually called in reports on trade and technology.

They go before CC-CEDICT, whose first sense (出口: exit), or whose most frequent word (logistics:
后勤), is another one there.
"""

USUAL_ENGLISH = {
    "出口": "export", "进口": "import", "试点": "pilot project", "园区": "industrial park",
    "上市": "on the market", "商务部": "Ministry of Commerce", "案子": "case", "缺口": "gap",
    "数字": "figure, digital", "数字化": "digitalization", "总裁": "president", "零售": "retail",
    "直播": "livestream", "并购": "mergers and acquisitions", "通信": "communications",
    "创业": "starting a business", "线上": "online", "线下": "offline", "服务": "service",
    "投资": "investment", "消费": "consumption", "合作": "cooperation", "促销": "sales promotion",
    "电商": "e-commerce", "部长": "minister", "平台": "platform", "官方": "official",
    "矩阵": "matrix", "行业": "industry", "医药": "medicine", "市场": "market", "腾讯": "Tencent",
    "支付": "payment", "流程": "process", "海外": "overseas", "红利": "dividend",
    "新区": "new district", "业态": "business format", "创新": "innovation", "交易": "transaction",
    "物流": "logistics", "产品": "product", "创始人": "founder", "总部": "headquarters",
    "季度": "quarter", "亏损": "loss", "双赢": "win-win", "试验区": "pilot zone",
    "董事长": "chairman", "移动": "mobile",
}  # fmt: skip
USUAL_CHINESE = {
    "export": "出口", "import": "进口", "logistics": "物流", "online": "线上", "offline": "线下",
    "platform": "平台", "consumer": "消费者", "internet": "互联网", "market": "市场",
    "warehouse": "仓库", "supply chain": "供应链", "customs": "海关", "payment": "支付",
    "trade": "贸易", "cross border": "跨境", "pilot zone": "试验区", "brand": "品牌",
    "retailer": "零售商", "manufacturer": "制造商", "supplier": "供应商", "buyer": "买家",
    "seller": "卖家", "founder": "创始人", "investor": "投资者", "investment": "投资",
    "prime minister": "总理", "chief executive": "首席执行官", "startup": "初创企业",
    "innovation": "创新", "artificial intelligence": "人工智能", "big data": "大数据",
    "cloud computing": "云计算", "mobile phone": "手机", "smartphone": "智能手机",
    "entrepreneur": "企业家", "enterprise": "企业", "currency": "货币", "tariff": "关税",
    "merchant": "商家", "shopper": "购物者", "charity": "慈善", "app": "应用程序",
    "financing": "融资", "American": "美国", "augmented reality": "增强现实",
    "social network": "社交网络", "maker": "制造商", "women": "女性",
    "woman": "女性",
}  # fmt: skip
