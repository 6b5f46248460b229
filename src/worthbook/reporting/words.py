"""The fixed words of the page, by the name that the template calls them."""

from __future__ import annotations

from collections.abc import Mapping

from worthbook.kernel.language import Language, Text

LANGUAGE_TAG = Text(en="en", zh="zh-CN")

MARKS: Mapping[Language, Mapping[str, str]] = {
    "en": {"colon": ": ", "semicolon": "; ", "stop": ".", "comma": ", "},
    "zh": {"colon": "：", "semicolon": "；", "stop": "。", "comma": "、"},
}

WORDS: Mapping[str, Text] = {
    # frame
    "skip": Text(en="Skip to the content", zh="跳到正文"),
    "contents": Text(en="In this report", zh="本报告内容"),
    "subtitle": Text(en="Customer value report", zh="客户价值报告"),
    "as_of": Text(en="As of {date}", zh="评估日：{date}"),
    "customers_counted": Text(en="{count} customers", zh="{count} 位客户"),
    "one_customer_counted": Text(en="1 customer", zh="1 位客户"),
    # opening
    "summary": Text(en="In short", zh="要点"),
    "cautions": Text(en="Before you rely on it", zh="使用前请注意"),
    "good": Text(en="Good news", zh="利好"),
    "warning": Text(en="Needs attention", zh="需要关注"),
    "figures": Text(en="Key figures", zh="关键数字"),
    "figure_customers": Text(en="Customers", zh="客户数"),
    "figure_sum": Text(en="all customers together", zh="全部客户合计"),
    "figure_sum_known": Text(en="{count} customers for whom it is known", zh="已知的 {count} 位客户合计"),
    "figure_alive": Text(en="Customers still active, expected", zh="预计仍活跃的客户"),
    "figure_alive_note": Text(en="sum of the probabilities", zh="各客户活跃概率之和"),
    "figure_per_order": Text(en="Average order value, whole history", zh="平均订单金额（全部历史）"),
    "figure_per_order_note": Text(en="revenue by orders", zh="累计收入除以累计订单数"),
    "not_known": Text(en="not known", zh="暂无数据"),
    # groups of customers
    "group": Text(en="Group", zh="分组"),
    "tier": Text(en="Tier", zh="层级"),
    "customers": Text(en="Customers", zh="客户数"),
    "customer_share": Text(en="Share of customers", zh="客户占比"),
    "value_share": Text(en="Share of value", zh="价值占比"),
    "meaning": Text(en="What it means", zh="含义"),
    "strategy": Text(en="What to do", zh="对策"),
    "service_level": Text(en="Service", zh="服务标准"),
    "next_action": Text(en="Next", zh="下一步"),
    "who_is_where": Text(en="Who is in which group", zh="各组客户与价值"),
    "pyramid_title": Text(en="Customers and value", zh="客户与价值分布"),
    "pyramid_summary": Text(
        en="From top to bottom, share of customers against share of value: {parts}.",
        zh="自上而下，客户占比与价值占比对照：{parts}。",
    ),
    "pyramid_part": Text(
        en="{title} {customers} of customers and {value} of value", zh="{title}占客户的{customers}、价值的{value}"
    ),
    "pyramid_part_unknown": Text(en="{title} {customers} of customers", zh="{title}占客户的{customers}"),
    "list_of": Text(
        en="The customers of a group as a list, here the first:", zh="导出某一群体的客户名单（以首个群体为例）："
    ),
    "plane_title": Text(en="Who stands where", zh="客户所处位置"),
    "plane_summary": Text(
        en="{across} runs across, {up} upwards; a larger circle is more customers, a darker one more value. {largest}.",
        zh="横轴为{across}，纵轴为{up}；圆越大客户越多，颜色越深价值占比越高。{largest}。",
    ),
    "scores_title": Text(en="How customers score", zh="客户得分分布"),
    "scores_summary": Text(
        en="Customers by score. Grades begin at: {edges}.", zh="按得分统计的客户数。各级起点：{edges}。"
    ),
    "unplaced": Text(en="{count} customers could not be placed", zh="{count} 位客户无法归类"),
    "one_unplaced": Text(en="1 customer could not be placed", zh="1 位客户无法归类"),
    "unplaced_because": Text(en="{column} is not known ({count})", zh="{column}未知（{count} 位）"),
    "how_scored": Text(en="How the score comes about", zh="得分是怎么来的"),
    "how_cut": Text(en="How the groups were cut", zh="分组界限"),
    "cut_caption": Text(en="Bands of {column}", zh="{column}的分档"),
    "band": Text(en="Band", zh="档位"),
    "range": Text(en="Range in these customers", zh="在这批客户中的范围"),
    "below": Text(en="below {high}", zh="低于{high}"),
    "between": Text(en="{low} to below {high}", zh="{low}以上（含），低于{high}"),
    "from": Text(en="{low} or more", zh="{low}及以上"),
    "nobody": Text(en="nobody in these customers", zh="本批客户中无人达到"),
    "everybody": Text(en="all", zh="全部"),
    "other_frameworks": Text(en="Other ways to group customers", zh="其他分组方式"),
    "waiting": Text(en="What more data would add", zh="补充数据后可用的分层"),
    "waiting_caption": Text(
        en="Frameworks that could place nobody yet, and what they wait for",
        zh="目前无法归类任何客户的分层框架及所缺数据",
    ),
    "waits_for": Text(en="Nobody could be placed. Not there yet: {needs}.", zh="暂无法归类任何客户，尚缺：{needs}。"),
    "framework": Text(en="Framework", zh="分层框架"),
    "needs": Text(en="Waits for", zh="尚缺的数据"),
    # trust
    "trust": Text(en="How far to trust the forecast", zh="预测可信度"),
    "grade": Text(en="Grade {grade}", zh="评级 {grade}"),
    "no_grade": Text(en="Not tested", zh="未经检验"),
    "trust_of": Text(en="Forecasts here rest on {model}.", zh="此处的预测依据{model}。"),
    "trust_link": Text(en="How far to trust it", zh="查看可信程度"),
    # studies
    "studies": Text(en="Studies", zh="专题分析"),
    "one_study": Text(en="Study", zh="专题研究"),
    "data_table": Text(en="Data of this chart", zh="图表数据"),
    "more_table": Text(en="Table: {title}", zh="数据表：{title}"),
    "rows_shown": Text(en="The first {shown} of {total} rows.", zh="仅列出前 {shown} 行，共 {total} 行。"),
    "caveats": Text(en="Limits", zh="局限说明"),
    "source": Text(en="Source: {source}", zh="出处：{source}"),
    "no_rows": Text(en="No rows.", zh="没有数据。"),
    # models
    "models": Text(en="Models", zh="模型"),
    "model_details": Text(en="Parameters and limits", zh="参数与局限"),
    # columns
    "columns": Text(en="What the columns mean", zh="字段说明"),
    "columns_caption": Text(en="Columns of the customer list", zh="客户清单字段"),
    "column": Text(en="Column", zh="字段"),
    "unit": Text(en="Unit", zh="单位"),
    "description": Text(en="Meaning", zh="说明"),
    "band_names": Text(en="Values: {values}", zh="取值：{values}"),
    "origin": Text(en="Source", zh="出处"),
    # sources
    "sources": Text(en="Imported files", zh="导入的文件"),
    "sources_caption": Text(
        en="Every line is accounted for: read = accepted + rejected + skipped",
        zh="每一行都有去向：读取 = 接受 + 拒绝 + 跳过",
    ),
    "file": Text(en="File", zh="文件"),
    "mapping": Text(en="Read as", zh="识别格式"),
    "read": Text(en="Lines read", zh="读取行数"),
    "accepted": Text(en="Accepted", zh="接受"),
    "rejected": Text(en="Rejected", zh="拒绝"),
    "skipped": Text(en="Skipped", zh="跳过"),
    "imported_at": Text(en="Imported (UTC)", zh="导入时间（UTC）"),
    # about
    "about": Text(en="About this evaluation", zh="关于本次评估"),
    "run": Text(en="Run", zh="运行编号"),
    "made_at": Text(en="Made (UTC)", zh="生成时间（UTC）"),
    "currency": Text(en="Currency", zh="货币"),
    "currency_unknown": Text(en="not stated", zh="未注明"),
    "provenance": Text(en="What each result was made from", zh="各项结果的来历"),
    "provenance_caption": Text(
        en="The id changes exactly when data, definition, date or method changes",
        zh="数据、定义、日期或方法改变时，编号才会改变",
    ),
    "result": Text(en="Result", zh="结果"),
    "id": Text(en="Id", zh="编号"),
    "maker": Text(en="Made by", zh="生成方法"),
    "definition": Text(en="Definition", zh="定义"),
}
