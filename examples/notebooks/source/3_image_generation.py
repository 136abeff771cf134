# %% [markdown] lang="en"
# # 3. Make a picture of words
#
# A prompt goes in, a picture comes out. You choose its size, repeat it with a seed, and keep in the file what it takes to make it again.
#
# Without a key the embedded engine paints simple shapes. `HF_API_TTI_BASE`, or `HF_TOKEN` alone, asks a diffusion model; that costs credits and takes seconds.
# %% [markdown] lang="zh"
# # 3. 文生图
#
# 输入提示词，得到图片。你可以选择尺寸，用随机种子重现同一张图，还可以把重新生成所需的一切存进图片文件。
#
# 没有密钥时，内置引擎画的是简单的形状。设置 `HF_API_TTI_BASE`，或者只设置 `HF_TOKEN`，就由扩散模型来画：会消耗额度，并且要等几秒。
# %%
from tasks.text_to_image import generate_image
from workbench.client import EndpointClient

client = EndpointClient()
prompt = "three white sheep, a red barn and a rainbow"
generate_image(prompt, client=client, width=480, height=320, seed=3)
# %% [markdown] lang="en"
# ## Seeds
#
# A model begins with noise, and the seed says which. The same seed and prompt give the same picture, another seed another one. Here are three side by side.
# %% [markdown] lang="zh"
# ## 随机种子
#
# 模型从噪声开始画，随机种子决定从哪一片噪声开始。种子和提示词相同，图片就相同；换一个种子，就是另一张图。下面把三张并排放在一起。
# %%
from PIL import Image

strip = Image.new("RGB", (3 * 256, 192))
for number, seed in enumerate((1, 2, 3)):
    picture = generate_image(prompt, client=client, width=256, height=192, seed=seed)
    strip.paste(picture.resize((256, 192)), (number * 256, 0))
strip
# %% [markdown] lang="en"
# ## Options, and what became of them
#
# Diffusion models take a negative prompt (what should not be there), a number of steps, and a guidance scale (how closely to follow the words). Not every model heeds each of them, and few say so. `make_picture` returns the picture with its recipe, and `notes` on what turned out otherwise than you asked, if anything did.
# %% [markdown] lang="zh"
# ## 选项是否起了作用
#
# 扩散模型可以接收反向提示词（不该出现的东西）、步数和引导强度（多大程度上遵循文字）。并不是每个模型都理会这些选项，而且很少会告诉你。`make_picture` 返回图片和它的配方；如果结果与你的要求不同，`notes` 会说明在哪里不同。
# %%
from tasks.text_to_image import make_picture

made = make_picture(
    "a red boat on a lake",
    client=client,
    negative_prompt="clouds",
    width=480,
    height=320,
    seed=4,
)
print(made.recipe.as_dict())
print(made.notes or "as asked")
# %% [markdown] lang="en"
# ## The recipe is in the file
#
# `made.png()` writes the recipe into the PNG. Whoever has the file can read it and paint the picture again: send it to a colleague, or find it in a year.
# %% [markdown] lang="zh"
# ## 配方就在文件里
#
# `made.png()` 把配方写进 PNG。谁拿到文件，谁就能读出配方，重新画出这张图：可以发给同事，一年之后自己也用得上。
# %%
from workbench.recipes import read_recipe

recipe = read_recipe(made.png())
again = make_picture(recipe.prompt, client=client, **recipe.parameters())
print(again.image.tobytes() == made.image.tobytes())
again.image
# %% [markdown] lang="en"
# ## An app of Blocks
#
# An `Interface` lays itself out. With `gr.Blocks` you do: rows, columns, an accordion for what few people change, and a button that says which function takes which boxes. `buttons` names the icons on the picture: by default there is one that uploads it to huggingface.co.
# %% [markdown] lang="zh"
# ## 用 Blocks 搭应用
#
# `Interface` 自动安排版面，`gr.Blocks` 则由你来安排：行、列、收起不常用选项的折叠面板，还有一个按钮，由它说明哪个函数读哪些输入框。`buttons` 指定图片上的图标：默认会有一个把图片上传到 huggingface.co 的图标。
# %%
import gradio as gr

import workbench
from tasks import text_to_image


def paint(prompt, width, seed):
    return generate_image(prompt, client=client, width=int(width), height=320, seed=int(seed))


with gr.Blocks() as demo:
    with gr.Tab("Mine"):
        with gr.Row():
            with gr.Column():
                words = gr.Textbox(label="Prompt", value=prompt)
                with gr.Accordion("Options", open=False):
                    width = gr.Slider(256, 768, 480, step=64, label="Width")
                    seed = gr.Number(1, label="Seed", precision=0)
                button = gr.Button("Paint", variant="primary")
            result = gr.Image(label="Picture", format="png", buttons=["download"])
        gr.on([button.click, words.submit], paint, [words, width, seed], result, api_name="paint")
    with gr.Tab("Finished"):
        text_to_image.tab(client)

workbench.launch(demo)
# %% [markdown] lang="en"
# ## Your turn
#
# 1. Keep the seed and change one word of the prompt. How much of the picture stays? Try it with a model, too: there it says much about how the model reads.
# 2. Ask for something that the painter can't know, such as “a bicycle made of glass”, and describe the result with `caption`. Which words were lost?
# 3. In the finished tab, make three pictures and go back to the first in the gallery. What would you have to add to “Mine” for that?
# %% [markdown] lang="zh"
# ## 练习
#
# 1. 种子不变，提示词只改一个词。画面保留了多少？换成真正的模型也试一试：从中能看出模型怎样读提示词。
# 2. 让它画它不可能会的东西，比如“a bicycle made of glass”，再用 `caption` 描述结果。哪些词丢了？
# 3. 在现成的标签页里生成三张图，再从图库回到第一张。要让“Mine”也能这样，需要加些什么？
