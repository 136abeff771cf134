"""The companion's answers in Chinese: fewer rules, the same honesty."""

from __future__ import annotations

import re

from workbench.engines.embedded.talkers.companion.memory import name_in
from workbench.engines.embedded.talkers.companion.sums import work_out
from workbench.engines.embedded.talkers.companion.talk import Talk

_CONNECT = """\
连接真正的模型有三种办法：

1. **Hugging Face**：在启动工作台的文件夹里建一个 `.env` 文件，\
写上 `HF_TOKEN=hf_…`，再把目标写成 `org/model`。
2. **Falcon 或其他 TGI 服务器**：把 `HF_API_FALCOM_BASE` 设为它的地址（拼写沿用课程里的写法）。
3. **兼容 OpenAI 的服务**：目标写成 `https://host/v1#model`。

然后运行 `workbench doctor`，它会逐项检查，并说明怎样修正。"""

_NATURE = "说实话，我是工作台内置的小程序，靠手写的规则回答，不是语言模型，也没有感情。"
_SKILLS = (
    "我可以陪你聊天，记住你在这次谈话里告诉我的事，算简单的算术，数字数，也可以介绍工作台和怎样连接"
    "真正的模型。外面世界的知识我没有。"
)
_TASKS = (
    "工作台除了聊天还有这些任务：摘要、实体识别、图片描述、文字生成图片、描述再生成的游戏，以及文本续写。"
    "没有连接模型时，都由内置引擎回答。"
)
_LETTER = re.compile(r"[^\W_]")
_FACT = re.compile(r"我(?:住在|喜欢|爱|是|在|有|最喜欢|养了?|学习?|想学)[^，。！？,.!?\n]{1,30}")
_TOPIC = re.compile(r"我(?:最?喜欢|爱|在学|想学|学习?|养了?)(?P<topic>[^，。！？,.!?\n了]{1,15})")
_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"自杀|不想活|想死|伤害自己",
        (
            "听到你这么难受，我很难过，也谢谢你说出来。我只是一个规则程序，请现在就告诉一个你信任的人，"
            "或拨打当地的心理援助热线；如有危险，请立刻拨打急救电话。你不必独自承受。",
        ),
    ),
    (r"连接|接入|真正的模型|令牌|怎么用.*模型|HF_TOKEN|(?i:falcon|qwen|token)", (_CONNECT,)),
    (r"工作台|有(?:哪些|什么)任务", (_TASKS,)),
    (
        r"目标.*(?:什么|怎么)|什么是目标",
        (
            "目标就是模型在哪里回答：`embedded` 是本进程，`org/model` 是 Hugging Face，"
            "`https://…` 是你自己的地址。",
        ),
    ),
    (r"你(?:会|能)(?:做|干)?(?:什么|些什么|哪些)|帮助$", (_SKILLS,)),
    (r"语言模型|机器人|(?:是|算)(?:人|真人|AI|人工智能)|有感情|ChatGPT", (_NATURE,)),
    (
        r"几点|几号|日期|星期几|今天.*(?:天气|新闻)|天气|新闻",
        ("我没有时钟，也看不到外面，不想乱猜。你那边怎么样？",),
    ),
    (r"笑话", ("有一次我想讲一个关于“流”的笑话，可是讲到一半就断了。",)),
    (
        r"看图|看(?:得|不)?到|图片|照片",
        ("我看不到图片，只读文字。图片描述那一页可以说出图里有什么。",),
    ),
    (r"^(?:哈哈|呵呵|嘻嘻)", ("能让你笑，我也算有用了。",)),
    (
        r"^(?:好的?|嗯+|行|可以|是的?|对)[。！!]?$",
        ("那你接着说，或者问问我会什么。", "好，还想聊点什么{}？"),
    ),
    (r"谢谢|多谢|感谢", ("不客气{}。", "很高兴能帮上忙{}。")),
    (r"再见|拜拜|晚安|回头见", ("再见{}，随时欢迎回来。",)),
    (
        r"难过|伤心|孤独|焦虑|压力|累了?|不开心|烦",
        ("听起来不容易{}。愿意说说发生了什么吗？", "辛苦了{}。最让你放不下的是什么？"),
    ),
    (r"开心|高兴|太好了|不错", ("真好{}！是什么事让你这么高兴？",)),
    (r"你好吗|最近怎么样", ("我的规则都在原位，谢谢关心。你呢{}？",)),
)


def answer_chinese(talk: Talk) -> str:
    """The answer to the newest message. There always is one."""
    answer = _answer(talk).replace("{}", f"，{talk.name}" if talk.name else "")
    return answer + ("\n\n谢谢你的图片，不过我只读文字，看不到它。" if talk.pictures else "")


def _answer(talk: Talk) -> str:
    text = talk.text.strip()
    asks = re.search(r"[?？]|什么|谁|哪|吗|怎么|几|多少|推荐|请|帮我|告诉我", text)
    if (name := name_in(text, talk.last)) and not asks:
        return f"很高兴认识你，{name}！平时喜欢做什么？"
    for rule in (_recall, _self, _skill):
        if (asks or rule is _skill) and (answer := rule(text, talk)):
            return answer
    for pattern, answers in _RULES:
        if re.search(pattern, text):
            return talk.pick(*answers)
    if re.match(r"(?:你好|您好|嗨|哈喽|早上好|下午好|晚上好|早|在吗)", text):
        who = talk.setting.name or "工作台的内置助手"
        return (
            "又见面了{}，继续说吧。"
            if talk.before
            else (f"你好{{}}！我是{who}，一个靠规则工作的小程序，不是语言模型。想聊点什么？")
        )
    if asks:
        return talk.pick(
            "这个我不知道，也不想编一个答案：我只有规则，没有关于世界的知识。真正的模型可以回答，要我告诉你怎样连接吗？",
            "这超出我的规则了{}。你自己怎么看？",
        )
    if found := re.search(r"我(?:住在|来自|出生在|老家在)(?P<place>[^，。！？,.!?了]{1,10})", text):
        return f"{found['place']}是个什么样的地方？"
    if found := _TOPIC.search(text):
        return talk.pick(
            f"{found['topic']}最吸引你的是什么？",
            f"你是怎么开始{found['topic']}的？" if len(found["topic"]) > 1 else "多说一点吧。",
        )
    topic = _topics(talk)
    return talk.pick(
        "我记下了{}。还有呢？",
        "嗯，多说一点吧{}。",
        f"这和你说过的{topic[-1]}有关系吗？" if topic else "你为什么会想到这个？",
    )


def _told(talk: Talk) -> list[str]:
    return [
        f
        for m in talk.before
        if m.role == "user" and not re.search("[?？]|吗", m.content)
        for f in _FACT.findall(m.content)
    ]


def _topics(talk: Talk) -> list[str]:
    return [t for m in talk.before if m.role == "user" for t in _TOPIC.findall(m.content)]


def _recall(text: str, talk: Talk) -> str | None:
    if re.search(r"我(?:叫什么|的名字|是谁)", text):
        return f"你叫{talk.name}。" if talk.name else "你还没告诉我。怎么称呼你？"
    told = _told(talk)
    if re.search(r"(?:知道|记得|了解)我|我(?:说过|告诉).*什么", text):
        return (
            f"你告诉过我：{'；'.join(told)}。".replace("我", "你").replace("告诉过你", "告诉过我")
            if told
            else "你还没说过自己的事，说来听听？"
        )
    if "我" not in text:
        return None
    asked = {text[i : i + 2] for i in range(len(text) - 1)}
    found = max(
        told, key=lambda fact: sum(pair in fact for pair in asked if "我" not in pair), default=""
    )
    if found and any(pair in found for pair in asked if "我" not in pair):
        return f"你说过，{found.replace('我', '你')}。"
    return None


def _self(text: str, talk: Talk) -> str | None:
    if not re.search(r"你(?:是谁|叫什么|是什么)|介绍.*自己", text):
        return None
    part = "，".join(filter(None, [talk.setting.name, talk.setting.role]))
    return f"我是{part}，这是这里给我的角色。{_NATURE}" if part else f"{_NATURE}怎么称呼你？"


def _skill(text: str, talk: Talk) -> str | None:  # noqa: ARG001
    if worked := work_out(text):
        return f"{worked[0]} = {worked[1]}" if worked[1] else "除以零没有结果。"
    if found := re.search(r"(?:数一?数|多少个?字|几个字)[^：:]*[：:](?P<text>.+)", text, re.DOTALL):
        return f"一共{len(_LETTER.findall(found['text']))}个字。"
    return None
