"""The words the painter knows, as tables: each name, then the words that mean the same.

Words of one entry are parted by spaces, an underscore stands for a space inside one.
"""

from __future__ import annotations

from collections.abc import Mapping

NOUNS: Mapping[str, str] = {
    "dog": "puppy hound terrier poodle wolf fox 狗 🐶 🐕",
    "cat": "kitten kitty tomcat tiger lion 猫 🐱 🐈",
    "bird": "sparrow robin seagull gull eagle owl parrot dove crow pigeon 鸟 🐦",
    "fish": "goldfish salmon shark dolphin whale trout 鱼 🐟 🐠",
    "horse": "pony foal stallion mare donkey unicorn zebra 马 🐴 🐎",
    "cow": "bull calf ox cattle 牛 🐄 🐮",
    "sheep": "lamb goat ram 羊 🐑",
    "rabbit": "bunny hare 兔 🐰 🐇",
    "duck": "duckling goose swan 鸭 🦆",
    "butterfly": "moth dragonfly 🦋",
    "tree": "oak maple birch willow oak_tree maple_tree birch_tree apple_tree cherry_tree "
    "fruit_tree 树 🌳",
    "pine": "pine_tree fir fir_tree spruce conifer christmas_tree 🌲",
    "palm": "palm_tree coconut_tree 🌴",
    "bush": "shrub hedge",
    "flower": "rose tulip daisy sunflower blossom lily poppy 花 🌸 🌷 🌹 🌻 🌼",
    "mushroom": "toadstool fungus 🍄",
    "cactus": "cacti 🌵",
    "house": "home cottage cabin hut villa bungalow mansion 屋 🏠 🏡",
    "castle": "palace fortress 🏰",
    "church": "chapel cathedral temple ⛪",
    "barn": "farmhouse stable shed",
    "building": "skyscraper tower office_building tower_block apartment_block 楼 🏢",
    "bridge": "viaduct aqueduct 桥 🌉",
    "lighthouse": "beacon",
    "windmill": "mill wind_mill",
    "tent": "tipi teepee ⛺",
    "grass": "tuft blade tuft_of_grass",
    "fence": "railing picket_fence",
    "sun": "sunshine 太阳 ☀ 🌞",
    "moon": "crescent full_moon 月 🌙 🌕",
    "star": "星 ⭐ 🌟",
    "cloud": "云 ☁",
    "rainbow": "🌈",
    "car": "automobile taxi cab sedan sports_car police_car 车 🚗 🚕",
    "bus": "coach school_bus 🚌",
    "train": "locomotive tram railway steam_train 🚂 🚆",
    "bicycle": "bike cycle motorcycle motorbike 🚲",
    "boat": "sailboat sailing_boat rowboat rowing_boat canoe yacht dinghy 船 ⛵",
    "ship": "steamer ferry vessel cruise_ship 🚢",
    "airplane": "plane aeroplane jet aircraft ✈",
    "balloon": "hot_air_balloon air_balloon 🎈",
    "rocket": "spaceship spacecraft space_shuttle 🚀",
    "truck": "lorry pickup minivan delivery_van pickup_truck fire_truck 🚚",
    "person": "people human someone traveler traveller walker astronaut 人 🧍",
    "man": "guy gentleman farmer fisherman king father grandfather knight 男",
    "woman": "lady queen princess mother grandmother 女",
    "child": "kid boy girl baby toddler 孩",
    "robot": "android droid 🤖",
    "snowman": "⛄",
    "ball": "football soccer_ball basketball beach_ball ⚽",
    "chair": "armchair stool seat bench sofa couch 🪑",
    "table": "desk 桌",
    "cup": "mug teacup cup_of_coffee cup_of_tea coffee_cup glass 杯 ☕",
    "book": "notebook novel dictionary 书 📖 📕 📚",
    "umbrella": "parasol 伞 ☂ ☔",
    "lamp": "lantern table_lamp desk_lamp street_lamp 灯 💡",
    "apple": "fruit peach 🍎 🍏",
    "heart": "心 ❤",
    "kite": "🪁",
    "hat": "cap top_hat 帽 🎩",
}

# A word that stands for several things: (noun, how many).
GROUPS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "village": (("house", 3), ("church", 1)),
    "hamlet": (("house", 3),),
    "farm": (("barn", 1), ("fence", 1), ("cow", 1)),
    "family": (("man", 1), ("woman", 1), ("child", 1)),
    "couple": (("man", 1), ("woman", 1)),
    "garden": (("flower", 3), ("bush", 1)),
    "park": (("tree", 1),),
    "orchard": (("tree", 3),),
    "oasis": (("palm", 2),),
    "harbor": (("boat", 2),),
    "harbour": (("boat", 2),),
    "bouquet": (("flower", 3),),
    "traffic": (("car", 2), ("bus", 1)),
    "camp": (("tent", 2),),
    "campsite": (("tent", 2),),
}

GROUNDS: Mapping[str, str] = {
    "field": "meadow grass lawn park garden prairie pasture farm farmland countryside orchard "
    "plain grassland village hamlet camp campsite valley 草",
    "hill": "hilltop hillside",
    "beach": "shore coast sand seaside seashore coastline island harbor harbour",
    "sea": "ocean waves water bay lagoon underwater 海 🌊",
    "lake": "pond lakeside 湖",
    "river": "stream brook canal creek 河",
    "road": "street highway motorway lane path traffic 路",
    "forest": "woods wood jungle woodland rainforest 林 森",
    "desert": "dune oasis savanna savannah sahara 🏜",
    "snow": "ice glacier snowfield arctic",
    "city": "town downtown metropolis plaza square new_york paris london tokyo 城 🏙",
    "room": "floor kitchen bedroom indoors living_room office classroom studio house_interior",
    "table": "tabletop still_life",
    "space": "galaxy cosmos outer_space universe nebula planet 🌌",
}

FAR: Mapping[str, str] = {
    "mountain": "alps peak volcano summit himalayas 山 🏔 ⛰",
    "hill": "rolling_hills",
    "skyline": "cityscape",
    "forest": "treeline",
}

# Colour words beside those of `colors.COLORS` and `colors.SYNONYMS`.
MORE_COLORS: Mapping[str, str] = {
    "red": "reddish 红",
    "orange": "tangerine apricot",
    "yellow": "yellowish blonde 黄",
    "green": "mint greenish 绿",
    "blue": "cobalt bluish 蓝",
    "purple": "mauve plum 紫",
    "pink": "rosy fuchsia 粉",
    "brown": "bronze wooden",
    "black": "jet_black 黑",
    "white": "snow_white 白",
    "gray": "greyish grayish 灰",
    "turquoise": "aquamarine",
    "silver": "silvery",
    "navy": "navy_blue midnight_blue",
}

COUNTS: Mapping[int, str] = {
    1: "1 one single lone lonely 一",
    2: "2 two pair both couple_of twin 两 二",
    3: "3 three few trio some 三",
    4: "4 four several herd flock 四",
    5: "5 five many lots dozen crowd group bunch six seven eight nine ten eleven twelve hundred 五",
}

SIZES: Mapping[str, str] = {
    "big": "large huge giant enormous tall massive gigantic great 大",
    "small": "little short 小",
    "tiny": "miniature minute",
}

TIMES: Mapping[str, str] = {
    "dawn": "sunrise daybreak",
    "morning": "early",
    "noon": "midday day daytime afternoon",
    "sunset": "golden_hour sundown 夕",
    "evening": "dusk twilight",
    "night": "midnight nighttime starry moonlit moonlight nocturnal dark 夜 🌃",
}

WEATHERS: Mapping[str, str] = {
    "rain": "rainy raining drizzle wet shower 雨 🌧",
    "snow": "snowy snowing snowfall blizzard winter wintry frozen icy 雪 ❄",
    "fog": "foggy mist misty haze hazy 雾",
    "storm": "stormy thunderstorm thunder lightning tempest ⛈",
    "cloudy": "overcast gloomy",
    "sunny": "clear bright sunlit sunlight summer",
    "windy": "wind breeze breezy gale 风",
}

SEASONS: Mapping[str, str] = {
    "spring": "springtime 春",
    "summer": "summertime 夏",
    "autumn": "autumnal harvest 秋",
    "winter": "wintry wintertime 冬",
}

# Feelings choose the hour and the weather of a prompt that names neither.
MOODS: Mapping[tuple[str, str], str] = {
    ("evening", "rain"): "melancholy sad sadness lonely loneliness sorrow grief nostalgia blues",
    (
        "dawn",
        "clear",
    ): "hope love tender peace calm serenity serene gentle peaceful dream dreamy harmony",
    ("noon", "sunny"): "joy happy happiness cheerful fun delight laughter play hot warm",
    ("night", "clear"): "mystery mysterious fear silence magic magical secret sleep infinity",
    ("sunset", "clear"): "passion romance romantic longing farewell glory courage",
    ("evening", "storm"): "anger angry rage war chaos fury",
}

RELATIONS: Mapping[str, str] = {
    "beside": "next_to near by close_to along alongside at 旁",
    "left": "left_of to_the_left_of on_the_left_of",
    "right": "right_of to_the_right_of on_the_right_of",
    "behind": "in_back_of",
    "front": "in_front_of before",
    "above": "over 上",
    "under": "below beneath underneath 下",
    "on": "on_top_of atop upon across",
    "in": "inside into through within among amid 在",
    "between": "",
}

SPOTS: Mapping[str, str] = {
    "left": "on_the_left to_the_left on_the_left_side",
    "right": "on_the_right to_the_right on_the_right_side",
    "middle": "in_the_middle in_the_center in_the_centre centered",
    "far": "in_the_background in_the_distance far_away distant",
    "near": "in_the_foreground up_close",
}

SKY = "sky skies heaven heavens 天"
WEAR = (
    "dress coat shirt jacket sweater suit hoodie scarf trousers clothes skirt robe uniform raincoat"
)
NEGATIONS = "without no not never minus except excluding nor"
COPULAS = "is are was were painted colored coloured dressed wearing wears"
ARTICLES = "a an another"
DEFINITE = "the this that these those its it his her their"
LINKS = "and or & plus 和"
PLAIN = (
    "of with to for as very quite which who there has have having be being been so rather some_of "
    "from all light pale deep picture image photo photograph painting drawing illustration view "
    "scene standing sitting running walking flying floating driving playing sleeping swimming "
    "style 只 的 个"
)
