# %% [markdown] lang="en"
# # 7. Everything in one app
#
# The tabs of the workbench are plain functions: put those you want into an app of your own, next to a task that you made up. Then call the app from Python, and see what it takes to make your task one of the workbench's.
#
# ## A task of your own
#
# Begin with a function that knows nothing of pages: input and client in, result out. This one makes a text short and finds who is in the short text.
# %% [markdown] lang="zh"
# # 7. 全部放进一个应用
#
# 工作台的标签页都是普通函数：把需要的放进你自己的应用，旁边再放一个你自己设计的任务。然后从 Python 调用这个应用，再看看怎样让你的任务成为工作台的一员。
#
# ## 自己的任务
#
# 从一个与页面无关的函数开始：接收输入和 `client`，返回结果。下面这个先生成摘要，再找出摘要里有谁。
# %%
from tasks.ner import find_entities
from tasks.summarization import EXAMPLES, summarize
from workbench.client import EndpointClient

client = EndpointClient()


def brief(text, *, client):
    summary = str(summarize(text, client=client, max_length=60))
    return {"text": summary, "entities": find_entities(summary, client=client)}


brief(EXAMPLES[0], client=client)["entities"]
# %% [markdown] lang="en"
# ## Its tab
#
# A tab lays out its boxes wherever it is called, and wires a button to the function. A failure is turned into `gr.Error`, the one exception whose text a visitor sees.
# %% [markdown] lang="zh"
# ## 它的标签页
#
# 标签页函数在哪里调用，就在哪里放好输入框，并把按钮接到函数上。失败要转成 `gr.Error`，访客只能看到这一种异常的文本。
# %%
import gradio as gr

from workbench.errors import WorkbenchError


def brief_tab(client, *, targets=None):
    def answer(text):
        try:
            return brief(text, client=client)
        except WorkbenchError as error:
            raise gr.Error(f"{error} {error.hint}", print_exception=False) from error

    text = gr.Textbox(label="Text", lines=6, value=EXAMPLES[0])
    button = gr.Button("Brief me", variant="primary")
    shown = gr.HighlightedText(label="In brief")
    button.click(answer, text, shown, api_name="brief")


# %% [markdown] lang="en"
# ## The app
#
# `find_task` finds a task by name, wherever it is installed. All tabs share one client, so one `.env` says where each is answered.
# %% [markdown] lang="zh"
# ## 应用
#
# `find_task` 按名称查找任务，不管它安装在哪里。所有标签页共用一个 `client`，所以一个 `.env` 就说明了每个任务由谁回答。
# %%
import workbench
from workbench.task import find_task

with gr.Blocks(title="My bench") as demo:
    with gr.Tab("Brief"):
        brief_tab(client)
    for name in ("ner", "captioning", "text-to-image", "chat"):
        task = find_task(name)
        with gr.Tab(task.title):
            task.tab(client)

app = workbench.launch(demo)
# %% [markdown] lang="en"
# ## The app is an API
#
# What a visitor does with a button, a program does with `gradio_client`, from this machine or another. Every tab has its names there.
# %% [markdown] lang="zh"
# ## 应用就是 API
#
# 访客用按钮做的事，程序可以用 `gradio_client` 来做，在本机或别的机器上都行。每个标签页在 API 里都有自己的名称。
# %%
from gradio_client import Client

remote = Client(app.url, verbose=False)
print(*remote.view_api(print_info=False, return_format="dict")["named_endpoints"])
for part in remote.predict("Ada Lovelace lived in London.", api_name="/brief"):
    print(part["token"], part["class_or_confidence"] or "")
# %%
from PIL import Image

file = remote.predict("a red boat on a lake", api_name="/text_to_image")
Image.open(file)
# %% [markdown] lang="en"
# A reply streams here too: each item is the text so far.
# %% [markdown] lang="zh"
# 回复在这里也是流式的：每一项都是到目前为止的全部文本。
# %%
for text in remote.submit("What can you do?", api_name="/chat"):
    print(text)
# %% [markdown] lang="en"
# ## Make it a task of the workbench
#
# A `Task` names the function, the words and the tab:
# %% [markdown] lang="zh"
# ## 让它成为工作台的任务
#
# `Task` 写明函数、文字和标签页：
# %%
from workbench.routes import NER, SUMMARIZATION
from workbench.task import Task

TASK = Task(
    name="brief",
    title="Brief",
    summary="Make a text short, and find who is in it.",
    order=15,
    routes=(SUMMARIZATION, NER),
    run=brief,
    show=lambda result: result["text"],
    tab=brief_tab,
    probe="Ada Lovelace lived in London.",
)
print(TASK.show(TASK.run(TASK.probe, client=client)))
# %% [markdown] lang="en"
# Put the functions and `TASK` into a file `brief.py` (with `import gradio` inside the tab, so that the command line stays quick), and name it in the package's `pyproject.toml`:
#
#     [project.entry-points."workbench.tasks"]
#     brief = "brief:TASK"
#
# After `pip install .` the tab is in `workbench`, and `workbench run brief @letter.txt` and `workbench doctor` know it too.
#
# ## Your turn
#
# 1. Write a task that takes a picture: caption it, then find what is in the caption. Which of the two steps fails first on your photos?
# 2. Add `targets=("embedded", "dslim/bert-base-NER")` to `task.tab(client)` of the entities. What may a visitor now choose, and why not more?
# 3. Close the app with `app.close()` and call `remote.predict` again. Which error would you show to the person who uses your program?
# %% [markdown] lang="zh"
# 把这些函数和 `TASK` 放进文件 `brief.py`（`import gradio` 写在标签页函数里面，命令行才能保持快速），并在包的 `pyproject.toml` 中登记：
#
#     [project.entry-points."workbench.tasks"]
#     brief = "brief:TASK"
#
# 运行 `pip install .` 之后，`workbench` 里就有了这个标签页，`workbench run brief @letter.txt` 和 `workbench doctor` 也认得它。
#
# ## 练习
#
# 1. 写一个接收图片的任务：先描述图片，再找出描述里有什么。用你自己的照片试，哪一步先失败？
# 2. 给实体标签页的 `task.tab(client)` 加上 `targets=("embedded", "dslim/bert-base-NER")`。访客现在可以选什么，为什么不能选更多？
# 3. 用 `app.close()` 关闭应用，再调用 `remote.predict`。你会向使用你的程序的人显示哪种错误？
