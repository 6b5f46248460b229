"""What the classes of Kano's method are called, what they mean, and what to do with a feature in each."""

from __future__ import annotations

from worthbook.kernel.language import Text

CLASS = {
    "A": Text(en="Attractive", zh="魅力质量"),
    "O": Text(en="One-dimensional", zh="期望质量"),
    "M": Text(en="Must-be", zh="当然质量"),
    "I": Text(en="Indifferent", zh="无差异质量"),
    "R": Text(en="Reverse", zh="反向质量"),
    "Q": Text(en="Questionable", zh="可疑结果"),
}
UNKNOWN = Text(en="not answered", zh="无人作答")
STRATEGY = {
    "M": Text(
        en="Secure it without exception; doing more than is expected brings nothing.",
        zh="必须彻底确保；做得再多也不会提高满意度。",
    ),
    "O": Text(
        en="Be at least as good as rivals: every improvement is felt, and so is every shortfall.",
        zh="至少不逊于竞争对手：每一分改进和不足客户都能感受到。",
    ),
    "A": Text(
        en="Show it as a selling point; its absence is not held against you yet.",
        zh="作为卖点突出宣传；暂时没有也不会引起不满。",
    ),
    "I": Text(
        en="Spend nothing more on it, and look for whom it still matters.",
        zh="不再投入，但可查看是否有群体仍在意。",
    ),
    "R": Text(
        en="Leave it out, or let customers choose: for many its absence is better.",
        zh="取消该功能或允许客户自选：许多客户更希望没有它。",
    ),
    "Q": Text(
        en="Ask again in other words: the answers contradict each other.",
        zh="答案自相矛盾，应修改问法后重新调查。",
    ),
}
TABLE = {
    "pouliot": Text(en="Pouliot's table", zh="Pouliot 评价表"),
    "classic": Text(en="the classical table", zh="经典评价表"),
}
RULE = {
    "grouped": Text(en="(O+A+M) against (I+R+Q), then the most frequent", zh="先比较 (O+A+M) 与 (I+R+Q)，再取最多者"),
    "mode": Text(en="the most frequent class", zh="取最多的类别"),
}
READ_AS = Text(
    en="All waves together; classes by {table}; class rule: {rule}; ellipses from {draws} bootstrap draws (seed "
    "{seed}).",
    zh="各期合并计算；分类依据：{table}；归类规则：{rule}；椭圆由{draws}次自助抽样得出（种子 {seed}）。",
)
IN_CLASS = Text(en="{kind}: {names}. {strategy}", zh="{kind}：{names}。{strategy}")
UNDECIDED = Text(
    en="Not settled between two classes (Fong's test): {names}.",
    zh="介于两类之间、尚不能判定（Fong 检验）：{names}。",
)
AGEING = Text(
    en="'{name}' is ageing: from {first} to {last} better moved by {better}, worse by {worse} ({chance}); "
    "what delighted is becoming expected.",
    zh="“{name}”正在老化：从{first}到{last}，better 变动{better}，worse 变动{worse}（{chance}）；"
    "原本令人惊喜的正变成理所当然。",
)
STEADY = Text(
    en="No feature changed class between {first} and {last} by more than chance.",
    zh="从{first}到{last}，没有功能的类别变化超出抽样误差。",
)
SPLIT = Text(
    en="Segments see '{name}' differently: {parts}.",
    zh="不同群体对“{name}”的看法不同：{parts}。",
)
