# %% [markdown] lang="en"
# # 2. Describe a picture
#
# A picture goes in, a sentence comes out. On the way you see which forms a picture may have, and what of it leaves your machine.
#
# Without a key the embedded engine answers: it measures colours and shapes. `HF_API_ITT_BASE`, or `HF_TOKEN` alone, asks a model that sees.
# %% [markdown] lang="zh"
# # 2. 描述图片
#
# 输入一张图片，得到一句话。顺便看看图片可以用哪些形式传入，以及哪些内容会离开你的电脑。
#
# 没有密钥时由内置引擎回答：它测量颜色和形状。设置 `HF_API_ITT_BASE`，或者只设置 `HF_TOKEN`，就由能看图的模型来回答。
# %%
from PIL import Image

from tasks.captioning import PICTURES, caption
from workbench.client import EndpointClient

client = EndpointClient()
picture = Image.open(PICTURES[1])
caption(picture, client=client)
# %% [markdown] lang="en"
# ## Any picture
#
# What a browser uploads, a camera library returns or a file holds is a picture in another form. `caption` takes them all, addresses and base64 too.
# %% [markdown] lang="zh"
# ## 什么形式都可以
#
# 浏览器上传的、相机库返回的、文件里保存的，都是图片，只是形式不同。`caption` 全都接受，网址和 base64 也可以。
# %%
import numpy as np

forms = {
    "path": PICTURES[1],
    "bytes": PICTURES[1].read_bytes(),
    "array": np.asarray(picture),
}
for name, form in forms.items():
    print(f"{name:6} {caption(form, client=client)}")
# %% [markdown] lang="en"
# ## What leaves your machine
#
# A phone writes into a photo which phone it was and where it stood, and often keeps the photo lying on its side with a note to turn it. What is sent is upright, at most 1024 pixels a side, and nothing but the picture. Here is such a photo, made by hand, and what becomes of it.
# %% [markdown] lang="zh"
# ## 哪些内容会离开你的电脑
#
# 手机会把型号和拍摄地点写进照片，还常常把照片横着存，只附一个“请旋转”的标记。发送出去的图片方向已经摆正，边长不超过 1024 像素，除画面之外什么都没有。下面做一张这样的照片，看看它会变成什么样。
# %%
from io import BytesIO

from PIL.ExifTags import GPS, IFD, Base

from workbench.images import encode_image

exif = Image.Exif()
exif[Base.Model] = "My phone"
exif[Base.Orientation] = 6
exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (48.0, 51.0, 29.0)
lying = picture.resize((2000, 1500)).rotate(90, expand=True)
photo = BytesIO()
lying.save(photo, "JPEG", exif=exif)

sent = encode_image(client.open_image(photo.getvalue()))
for data in (photo.getvalue(), sent.data):
    seen = Image.open(BytesIO(data))
    place = dict(seen.getexif().get_ifd(IFD.GPSInfo))
    print(seen.size, seen.getexif().get(Base.Model), place, f"{len(data):,} bytes")
# %% [markdown] lang="en"
# ## Paint one, describe it
#
# The next notebook makes pictures of words. Here is one, to see how much of the words comes back.
# %% [markdown] lang="zh"
# ## 画一张，再描述它
#
# 下一个 notebook 用文字生成图片。这里先画一张，看看描述能找回多少原来的文字。
# %%
from tasks.text_to_image import generate_image

prompt = "a brown dog and a black cat under a green tree beside a house"
painted = generate_image(prompt, client=client, width=384, height=256, seed=3)
print(caption(painted, client=client))
painted
# %% [markdown] lang="en"
# ## An app around it
#
# `gr.Image(type="pil")` hands your function a PIL image, or `None` when the box is empty. The examples are pictures that anyone can try with a click.
# %% [markdown] lang="zh"
# ## 做成应用
#
# `gr.Image(type="pil")` 把 PIL 图片交给你的函数，图片框为空时交的是 `None`。示例是一些点一下就能试的图片。
# %%
import gradio as gr

import workbench
from tasks import captioning


def describe(image):
    return "" if image is None else caption(image, client=client)


with gr.Blocks() as demo:
    with gr.Tab("Mine"):
        gr.Interface(
            describe,
            gr.Image(type="pil", label="Picture", height=240),
            gr.Textbox(label="Caption"),
            examples=[[str(path)] for path in PICTURES],
            flagging_mode="never",
            api_name="describe",
        )
    with gr.Tab("Finished"):
        captioning.tab(client)

workbench.launch(demo)
# %% [markdown] lang="en"
# ## Your turn
#
# 1. Give `caption` a photo of yours. The embedded engine names shapes that it can paint itself; of a photo it tells little more than the colours. Compare with a model.
# 2. A chat model can be asked a question: `caption(picture, prompt="How many birds are there?", client=client)`. What does the same call do without such a model?
# 3. Turn the picture upside down with `picture.rotate(180)`. What of the caption changes, and what should?
# %% [markdown] lang="zh"
# ## 练习
#
# 1. 给 `caption` 一张你自己的照片。内置引擎只认得它自己会画的形状，对照片大多只能说出颜色。与真正的模型比较一下。
# 2. 对话模型可以回答问题：`caption(picture, prompt="How many birds are there?", client=client)`。没有这样的模型时，同样的调用会怎样？
# 3. 用 `picture.rotate(180)` 把图片倒过来。描述变了哪些，又应该变哪些？
