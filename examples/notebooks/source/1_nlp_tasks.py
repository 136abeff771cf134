# %% [markdown] lang="en"
# # 1. Summaries and names
#
# Two tasks on text: make it short, and find who and what is in it. You call each as a plain function, put an app around your own, and set the finished tabs beside it.
#
# Nothing here needs a key or a network. The embedded engine answers: rules, no model. With `HF_TOKEN`, or a target such as `HF_API_NER_BASE`, in the environment or in a file `.env`, a real model answers the same cells; [notebook 6](6_real_endpoint.ipynb) tells how.
#
# ## Summarize
#
# A client knows where each task is answered. Every task is a function that takes its input and the client.
# %% [markdown] lang="zh"
# # 1. 摘要与实体
#
# 两个文本任务：把文本变短，找出文本里有谁、有什么。先把它们当普通函数来调用，再用 Gradio 给自己的函数做一个应用，最后与现成的标签页放在一起比较。
#
# 这里不需要密钥，也不需要网络：回答的是内置引擎，它只有规则，不是模型。在环境变量或 `.env` 文件中设置 `HF_TOKEN`，或者设置 `HF_API_NER_BASE` 这样的目标之后，同样的单元格就由真正的模型来回答，做法见 [notebook 6](6_real_endpoint.ipynb)。
#
# ## 生成摘要
#
# `client` 知道每个任务由谁来回答。每个任务都是一个函数，参数是输入和 `client`。
# %%
from tasks.summarization import EXAMPLES, summarize
from workbench.client import EndpointClient

client = EndpointClient()
text = EXAMPLES[1]
summary = summarize(text, client=client, max_length=60)
summary
# %% [markdown] lang="en"
# The lengths are counted in tokens of the model, about four letters each in English. A text longer than the model reads is split at the ends of sentences, and `summary.parts` says into how many parts.
#
# Inside `client.recording()` every call is written down: who answered, how often it was tried, how long it took.
# %% [markdown] lang="zh"
# 长度按模型的 token 计算，英文里一个 token 大约是四个字母。文本超过模型一次能读的长度时，会在句子结尾处分开，`summary.parts` 说明分成了几份。
#
# 在 `client.recording()` 之内，每次调用都会记录下来：谁回答的，尝试了几次，用了多久。
# %%
with client.recording() as exchanges:
    shorter = summarize(text, client=client, max_length=25)

print(len(text), "→", len(summary), "→", len(shorter), "|", exchanges[0].engine)
# %% [markdown] lang="en"
# ## Find entities: first in pieces
#
# A tagger doesn't read words but pieces of words, and labels each of them. `B-` begins a name, `I-` goes on with it; `start` and `end` say where the piece stands in the text.
# %% [markdown] lang="zh"
# ## 找出实体：先看词的片段
#
# 标注模型读的不是完整的词，而是词的片段（子词），它给每个片段一个标签。`B-` 表示名字的开头，`I-` 表示名字的延续；`start` 和 `end` 是片段在文本中的位置。
# %%
from tasks.ner import find_entities

sentence = "Ngozi Okonjo-Iweala from Nigeria leads the World Trade Organization in Geneva."
pieces = find_entities(sentence, client=client, aggregation_strategy="none")
for piece in pieces:
    print(f"{piece['entity']:6} {piece['start']:3} {piece['end']:3}  {piece['word']}")


# %% [markdown] lang="en"
# Nobody wants to read that. The pieces of a name have to be joined, and the safest way is by place: remember where a name begins, move its end along, and cut it out of the text. Gluing the words together would lose the blank in “Ngozi Okonjo”.
# %% [markdown] lang="zh"
# 这样的结果没法读，需要把同一个名字的片段合起来。最稳妥的办法是看位置：记住名字从哪里开始，让结尾随片段后移，最后从原文中截取。如果直接拼接片段，“Ngozi Okonjo”中间的空格就丢了。
# %%
def join(pieces, text):
    names = []
    for piece in pieces:
        begins, label = piece["entity"].split("-")
        if begins == "I" and names and names[-1]["label"] == label:
            names[-1]["end"] = piece["end"]
        else:
            names.append({"label": label, "start": piece["start"], "end": piece["end"]})
    return [(name["label"], text[name["start"] : name["end"]]) for name in names]


print("".join(piece["word"] for piece in pieces[:4]))
print(*join(pieces, sentence), sep="\n")
# %% [markdown] lang="en"
# `find_entities` does this by itself, for the dialects of all the taggers that are about (`##` before a piece, `▁` before a word, labels without `B-`, places left out), and gives each name the mean of its scores.
# %% [markdown] lang="zh"
# `find_entities` 会自动合并，而且认得各种标注模型的写法：片段前带 `##`，词前带 `▁`，标签没有 `B-`，缺少位置。每个名字的得分是各片段得分的平均值。
# %%
find_entities(sentence, client=client)
# %% [markdown] lang="en"
# ## An app around it
#
# A `gr.Interface` is made of a function, its inputs and its outputs. `HighlightedText` takes the text with its entities. Under “Mine” is your own, in the other tabs are the finished ones: they show progress, can be stopped, and say why when a call fails.
#
# `workbench.launch` shows an app below its cell, at a free port, for this machine alone. Run the cell again and the new app takes the place of the old; `close()` ends it, and so does the end of the kernel. For one task `workbench.launch("ner")` is enough.
# %% [markdown] lang="zh"
# ## 做成应用
#
# `gr.Interface` 由一个函数、它的输入和它的输出组成。`HighlightedText` 接收文本和其中的实体。“Mine”是你自己的，另外两个是现成的标签页：显示进度，可以停止，调用失败时说明原因。
#
# `workbench.launch` 在单元格下方显示应用，自动选择空闲端口，只有本机能访问。再次运行这个单元格，新的应用会代替旧的；`close()` 可以关闭它，内核结束时它也随之关闭。只要一个任务时，写 `workbench.launch("ner")` 就够了。
# %%
import gradio as gr

import workbench
from tasks import ner, summarization


def mark(text):
    return {"text": text, "entities": find_entities(text, client=client)}


with gr.Blocks() as demo:
    with gr.Tab("Mine"):
        gr.Interface(
            mark,
            gr.Textbox(label="Text", lines=3, value=sentence),
            gr.HighlightedText(label="Entities"),
            flagging_mode="never",
            api_name="mark",
        )
    with gr.Tab("Find entities"):
        ner.tab(client)
    with gr.Tab("Summarize"):
        summarization.tab(client)

workbench.launch(demo)
# %% [markdown] lang="en"
# ## Your turn
#
# 1. Let `mark` find the entities of the *summary* of a text, and show them there. Which names are lost on the way?
# 2. Set two names side by side, as in “Ada Lovelace Charles Babbage”. Look at the labels of the pieces: what tells `join` that a second name begins, and what happens when a tagger forgets to say so?
# 3. Write a long text of two languages and compare `aggregation_strategy="simple"` with `"first"`. The embedded engine finds the same names with both; with `dslim/bert-base-NER` look at names that were cut into many pieces.
# %% [markdown] lang="zh"
# ## 练习
#
# 1. 让 `mark` 先生成**摘要**，再在摘要里找实体并显示出来。有哪些名字丢了？
# 2. 把两个名字写在一起，比如“Ada Lovelace Charles Babbage”。看看片段的标签：`join` 靠什么知道第二个名字开始了？如果模型漏掉这个标记，会怎么样？
# 3. 写一段包含两种语言的长文本，比较 `aggregation_strategy="simple"` 和 `"first"`。内置引擎用两者找出的名字相同；换成 `dslim/bert-base-NER`，看看那些被切成很多片段的名字。
