"""A text of our own that the embedded completion has learnt its words from."""

TEXT = """
The workshop opens early, before the street is awake. A lamp goes on, then a kettle, and then the
radio says something about the weather that nobody believes. On the bench there is a clock that
stopped years ago. Somebody wants it to go again, and so the day begins with a small question and a
small screwdriver.

Most repairs are a matter of listening. The clock tells you what is wrong with it, if you let it
take its time. A wheel that turns too freely is lonely: the part that held it is gone. A wheel that
will not turn has met some dust, and dust is only patience that has settled. You clean it, you put
a drop of oil where it belongs, and you wait. Waiting is part of the work.

There is a window above the bench, and behind the window there is a river. In spring the river is
loud and brown. In summer it is quiet enough to hear the swallows. Boats come up from the harbour
with wood and with letters, and go down again with chairs. The people who sail them know every
stone in the water, and they still look twice.

Once upon a time a girl came in with a music box that had lost its tune. It still played, but each
note was where another should be. We took it apart together and laid the pieces on a cloth in the
order in which they came out. She asked how we would ever find the way back. I said that the way
back is the same as the way there, only slower. It took us two evenings and a great deal of tea.
When the tune came back she laughed, because it was not the one she remembered. It was better.

A machine is a promise somebody made to somebody else. It says that if you turn this, that will
move. Good machines keep the promise for a long time, and they let you see how. The best ones can
be opened with a tool that you already own. I have learnt more from things that were open than from
things that were perfect.

In the evening the light comes in low and every tool has a long shadow. This is the hour for small
jobs. You sharpen a blade, you sweep the floor, you write down what you tried and what came of it.
The notebook is the most useful tool of all. It remembers what did not work, and so you need not
find it out twice. On the first page it says that a mistake is a map of a place where you need not
go again.

People ask what the future will bring. I think it will bring more things to mend, and new ways to
mend them. There will be machines that talk and machines that listen, and it will be good to know
which is which. It is a fine thing to be helped, and it is a finer thing to understand the help. So
keep a lamp on, keep the kettle warm, and ask the next question.

The sea is an hour away. On Sundays we walk there along the river and count the birds. The harbour
smells of rope and coffee. An old man sells fish and stories, and the stories are fresher. He says
that the tide has never been late in his life. It is a comfort to know something that is always on
time, he says, and then he misses his bus.

Learning is like crossing that harbour in the fog. You go from one buoy to the next. You can not
see the other side, but you can see the next light, and that is enough. Nobody crosses in one day
and nobody crosses alone. When you look back from the other side, the fog is gone and the water is
not wide at all.
"""

CHINESE = (
    "清晨，工作台上的灯先亮了，水壶随后响起来。",
    "桌上放着一只停了很久的钟，有人希望它再走起来。",
    "修理大多是倾听：只要有耐心，机器会告诉你哪里出了问题。",
    "窗外是一条河，春天水声很大，夏天安静得能听见燕子。",
    "好的机器像一个承诺，而且让你看见它怎样守住承诺。",
    "傍晚适合做小事：磨一把刀，扫一扫地，记下今天试过什么。",
    "错误是一张地图，标着不必再去的地方。",
    "学习就像在雾里过港口，看见下一盏灯就够了。",
)
