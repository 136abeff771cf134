# %% [markdown] lang="en"
# # 4. The game: describe and generate
#
# A picture is put into words, the words into a picture, that picture into words… What survives is what the captioner sees *and* the painter can paint.
#
# Two tasks play: `HF_API_ITT_BASE` describes and `HF_API_TTI_BASE` paints. Where neither is set and there is no token, the embedded engine does both.
# %% [markdown] lang="zh"
# # 4. 游戏：看图再画
#
# 把图片变成文字，再把文字变成图片，再变成文字……能留下来的，是描述的一方看得出、**并且**绘画的一方画得出的东西。
#
# 游戏由两个任务完成：`HF_API_ITT_BASE` 负责描述，`HF_API_TTI_BASE` 负责绘画。两者都没设置，也没有令牌时，都由内置引擎完成。
# %%
from tasks.text_to_image import generate_image
from workbench.client import EndpointClient

client = EndpointClient()
prompt = "a red boat and a lighthouse at night, and an octopus playing chess"
picture = generate_image(prompt, client=client, width=384, height=256, seed=3)
picture
# %% [markdown] lang="en"
# The octopus is gone already: the painter has no shape for it and left it out. A real model may paint it; then see how it is described.
#
# ## One round by hand
# %% [markdown] lang="zh"
# 章鱼已经不见了：内置引擎不会画章鱼，就略过了。真正的模型也许画得出来，那就看看它会被怎样描述。
#
# ## 手动玩一轮
# %%
from tasks.captioning import caption

words = caption(picture, client=client)
print(words)
generate_image(words, client=client, width=384, height=256, seed=4)
# %% [markdown] lang="en"
# ## Several rounds
#
# `describe_and_generate` hands out each round as soon as it is done, so nothing is lost when a later one fails. At the end of a cell it plays by itself, and you can watch; in a program you loop over it. `drift` measures how far a picture has come from the first: 0.0 is the same, unrelated pictures are around 0.5.
# %% [markdown] lang="zh"
# ## 多玩几轮
#
# `describe_and_generate` 每完成一轮就立即交出结果，所以后面的轮次失败时，前面的不会丢。放在单元格末尾，它会自己玩下去，边玩边显示；在程序里则用循环逐轮读取。`drift` 衡量图片离第一张有多远：0.0 表示相同，毫不相干的两张图大约是 0.5。
# %%
from tasks.describe_and_generate import describe_and_generate

played = describe_and_generate(picture, client=client, rounds=3, width=384, height=256)
played
# %% [markdown] lang="en"
# Soon the captions stop changing: what could be lost is lost, and what is left says and paints the same thing again and again. Mathematicians call that a fixed point.
# %% [markdown] lang="zh"
# 描述很快就不再变化：该丢的都丢了，剩下的总是说同样的话，画同样的画。数学上这叫不动点。
# %%
for made in played.rounds:
    print(f"{made.number}  {made.drift:.2f}  {made.caption}")
# %% [markdown] lang="en"
# ## An app in two steps
#
# One button can do two things in a row: `.success` starts the second when the first has gone well, so the caption is there to read while the picture is still being painted. Both steps share a box: the caption is output of the one and input of the other.
# %% [markdown] lang="zh"
# ## 分两步的应用
#
# 一个按钮可以接连做两件事：第一步成功后，`.success` 启动第二步，所以图片还在画的时候，描述就已经可以读了。两步共用一个文本框：它是第一步的输出，也是第二步的输入。
# %%
import gradio as gr

import workbench
from tasks import describe_and_generate as game


def describe(image):
    if image is None:
        raise gr.Error("Choose a picture first.", print_exception=False)
    return caption(image, client=client)


def paint(words):
    return generate_image(words, client=client, width=384, height=256)


with gr.Blocks() as demo:
    with gr.Tab("Mine"):
        with gr.Row():
            before = gr.Image(type="pil", label="Picture", value=picture)
            after = gr.Image(label="Its picture", format="png", buttons=["download"])
        told = gr.Textbox(label="Caption", interactive=False)
        button = gr.Button("Describe and paint", variant="primary")
        step = button.click(describe, before, told, api_name="describe")
        step.success(paint, told, after, api_name="paint")
    with gr.Tab("Finished"):
        game.tab(client)

workbench.launch(demo)
# %% [markdown] lang="en"
# ## Your turn
#
# 1. Begin with `PICTURES[0]` of `tasks.captioning`, then with a photo. After how many rounds does the caption stay the same?
# 2. Give both tasks the same models twice, with another `seed` each time. Does the game end in the same picture? In the same words?
# 3. `contact_sheet(played.rounds)` of `workbench.keepsakes` is the whole game as one PNG, and the finished tab offers it for download. In “Mine”, add a button that puts the new picture in the place of the old.
# %% [markdown] lang="zh"
# ## 练习
#
# 1. 从 `tasks.captioning` 的 `PICTURES[0]` 开始，再从一张照片开始。几轮之后描述不再变化？
# 2. 模型不变，换不同的 `seed` 玩两次。最后的图片一样吗？最后的描述呢？
# 3. `workbench.keepsakes` 的 `contact_sheet(played.rounds)` 把整局游戏做成一张 PNG，现成的标签页里也可以下载。给“Mine”加一个按钮，用新图片替换旧图片。
