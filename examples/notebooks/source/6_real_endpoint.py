# %% [markdown] lang="en"
# # 6. Connect a real endpoint
#
# Where a call goes, which key travels with it, what it looks like on the wire, and how it fails. To see failures without waiting for one, a server on this machine plays the endpoint.
#
# Make a token at <https://huggingface.co/settings/tokens> with the permission “Make calls to Inference Providers”, and write it into a file `.env` beside this notebook:
#
#     HF_TOKEN=…
#
# Never write it into a cell: notebooks are shared together with what their cells hold and print. The client reads it by itself, and shows only what it was called.
# %% [markdown] lang="zh"
# # 6. 连接真正的端点
#
# 调用发往哪里，带的是哪个密钥，实际请求是什么样，又会怎样失败。为了不必等到真的失败，这里用本机上的一个服务器充当端点。
#
# 在 <https://huggingface.co/settings/tokens> 创建一个令牌，勾选权限“Make calls to Inference Providers”，写进本 notebook 旁边的 `.env` 文件：
#
#     HF_TOKEN=…
#
# 不要把它写进单元格：分享 notebook 时，单元格的内容和输出会一起分享出去。`client` 会自己读取令牌，只显示它来自哪个变量。
# %%
from workbench.client import EndpointClient

client = EndpointClient()
print(client.settings.token_source or "no token")
# %% [markdown] lang="en"
# ## Targets
#
# A *target* says where a task is answered. `HF_API_NER_BASE` and its kin hold one for each task, `client.using` names one for the calls that follow. Nothing is sent until you call a task, so you can look first.
# %% [markdown] lang="zh"
# ## 目标
#
# **目标**说明任务由谁回答。`HF_API_NER_BASE` 等变量为每个任务指定一个目标，`client.using` 为之后的调用指定一个。调用任务之前什么也不会发送，所以可以先看一看。
# %%
from workbench.errors import WorkbenchError
from workbench.routes import NER

for target in (
    "embedded",
    "dslim/bert-base-NER",
    "https://my-endpoint.example.com/ner",
    "https://api-inference.huggingface.co/models/dslim/bert-base-NER",
    "bert",
):
    try:
        print(f"{target}\n    {client.using(target).endpoint(NER)}")
    except WorkbenchError as error:
        print(f"{target}\n    {error.kind}: {error}\n    → {error.hint}")
# %% [markdown] lang="en"
# The token goes to Hugging Face over https and nowhere else. An endpoint of your own has a key of its own, `HF_API_NER_KEY`, which goes to the host in `HF_API_NER_BASE` alone.
#
# ## A server on this machine
#
# In a terminal `workbench serve --port 0 --faults` does the same. It answers as a Hugging Face endpoint does, with the embedded engine, and under `/faults/…` it fails in every way that has been seen. It ends with the kernel.
# %% [markdown] lang="zh"
# 令牌只通过 https 发给 Hugging Face，不会发往别处。你自己的端点有自己的密钥 `HF_API_NER_KEY`，它只发给 `HF_API_NER_BASE` 中的主机。
#
# ## 本机上的服务器
#
# 在终端里运行 `workbench serve --port 0 --faults`，效果相同。它像 Hugging Face 的端点一样回答，背后是内置引擎；在 `/faults/…` 之下，它能重现见过的各种失败。它随内核一起结束。
# %%
from queue import Queue
from threading import Thread

from workbench.engines.server import serve

ready = Queue()
options = {"port": 0, "faults": True, "on_ready": ready.put}
Thread(target=serve, kwargs=options, daemon=True).start()
base = ready.get(timeout=20)
print(base)
# %% [markdown] lang="en"
# ## What went over the wire
#
# `recording` keeps an *exchange* for every call. `as_curl` writes it as a command, to try in a terminal or to send to somebody who helps you. A token appears by the name of its variable.
# %% [markdown] lang="zh"
# ## 实际传输了什么
#
# `recording` 为每次调用保留一条记录。`as_curl` 把它写成命令，可以在终端里试，也可以发给帮你查问题的人。令牌只以变量名出现。
# %%
from tasks.ner import find_entities

text = "Ada Lovelace lived in London."
with client.recording() as exchanges:
    found = find_entities(text, client=client.using(f"{base}/ner"))

exchange = exchanges[0]
print(exchange.status, exchange.engine, f"{exchange.elapsed_s:.2f} s", exchange.request_id)
print(exchange.as_curl())
found
# %% [markdown] lang="en"
# ## What passes by itself
#
# A cold model is loading, a sleeping endpoint wakes, too many callers are turned away: that passes, so the client waits and tries again, as long as the server asks and never beyond `WORKBENCH_DEADLINE_S`. This address fails twice before it answers.
# %% [markdown] lang="zh"
# ## 会自行恢复的失败
#
# 冷启动的模型正在加载，休眠的端点正在唤醒，请求过多被拒绝：这些都是暂时的，所以 `client` 按服务器要求的时间等待再重试，但不会超过 `WORKBENCH_DEADLINE_S`。下面的地址先失败两次，然后才回答。
# %%
loading = client.using(f"{base}/faults/loading/ner?times=2&seconds=0.5")
with client.recording(progress=lambda waiting: print(waiting.told)) as exchanges:
    find_entities(text, client=loading)

print(exchanges[0].attempts, "attempts,", f"{exchanges[0].waited_s:.1f} s waited")
# %% [markdown] lang="en"
# ## What doesn't
#
# A wrong token stays wrong. Every failure is a class of `workbench.errors`, its text says the cause, and `hint` is the next thing to do.
# %% [markdown] lang="zh"
# ## 不会自行恢复的失败
#
# 令牌错了，再试多少次也没用。每种失败都是 `workbench.errors` 中的一个类，它的文本说明原因，`hint` 说明下一步做什么。
# %%
for fault in ("bad-token", "forbidden", "credits", "paused", "not-served", "html", "hang-up"):
    try:
        find_entities(text, client=client.using(f"{base}/faults/{fault}/ner"))
    except WorkbenchError as error:
        print(f"{type(error).__name__} {error.status or ''}\n    {error}\n    → {error.hint}")
# %% [markdown] lang="en"
# ## A text that breaks off
#
# Once text has come, trying again would begin a different one. So a broken stream raises, and what had arrived is kept in `partial`.
# %% [markdown] lang="zh"
# ## 中途断开的文本
#
# 文本已经开始之后，重试只会得到另一段文本。所以流断开时会抛出异常，已经收到的部分保存在 `partial` 里。
# %%
from tasks.completion import complete
from workbench.errors import InterruptedStreamError

try:
    "".join(complete("Once upon a time", client=client.using(f"{base}/faults/stream-cut")))
except InterruptedStreamError as error:
    print(repr(error.partial))
    print(error, "→", error.hint)
# %% [markdown] lang="en"
# ## Your turn
#
# 1. Open the address above with `/faults` at its end: all the failures are listed. Which of them would your own code have noticed, and which would it have taken for an answer?
# 2. Put `HF_API_NER_BASE=dslim/bert-base-NER` and a token into `.env`, restart the kernel, and run [notebook 1](1_nlp_tasks.ipynb). What does `exchanges[0].engine` say now?
# 3. Run `workbench doctor` in a terminal. It tries every target that is set, and tells how to mend what doesn't answer.
# %% [markdown] lang="zh"
# ## 练习
#
# 1. 在上面的地址后面加上 `/faults` 并打开：所有的失败都列在那里。哪些你自己的代码能发现，哪些会被当成正常的回答？
# 2. 在 `.env` 里写上 `HF_API_NER_BASE=dslim/bert-base-NER` 和令牌，重启内核，再运行 [notebook 1](1_nlp_tasks.ipynb)。`exchanges[0].engine` 现在显示什么？
# 3. 在终端里运行 `workbench doctor`。它会试一遍所有已设置的目标，并说明怎样修好没有回答的那些。
