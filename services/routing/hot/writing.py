"""How texts are written: one spelling, and runs of Chinese characters or of letters."""

import re
import unicodedata

HAN = "㐀-鿿豈-﫿"
RUNS = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")

_TRADITIONAL = (
    "電樓門燈車氣麼嗎個們說請這裡裏還時間過來東樣條壞沒聽難聲開關頭體單號廣場滿燒煙塵樹斷層頂爐噴湧馬擋誰處壓閘鎖熱兩點機網絡線價費務陽園寶實學醫區鎮鄉縣橋鐵鋪館廳廠廟灣島頁領導員問題報維護誤錯讓對會發現見"
    "覺應該當與為於從後麵豬雞鴨鳥貓龍蟲蠅蟻餵養飲飯廚廁髒亂雜貨擺攤販賣買錢銀貸帳債罰據證書記錄訊訴訟調決議論壇黨團組織級別類種幾數萬億歲歷紀節慶婦兒嬰孫爺媽親鄰戶遷運輸遞郵購訂預約診療藥狀檢驗測試練習課業"
    "績優質產權屬歸償賠補貼貧窮殘廢傷損滅災險驚嚇懼憂慮煩惱惡異嚴緊張鬆動搖傾縫滲積濁渾濕黴銹蝕爛舊鮮響擾鬧嘩樂劇戲遊壩溝澗濱壘牆簾欄桿階臺簷綠蔭葉幹鬚飛揚灑掃潔淨蓋滾輪剎駕駛違規佔擠暢順標誌識認攝監視頻圖"
    "畫紙塗鴉寫筆劃閃爍紅黃藍銅鋼鋁鉛錫鹽鹼蘇燙凍結雲霧颱風無專經營辦設備連續漲進遠邊週圍側樁櫃鑰鈴獅獵執長鍋貳倆夠樑懸掛滯澇窪淺軟輕載軌鏈槍藝術劑減緩餘餓飽肅靜隱竊盜詐騙賊擊毆鬥爭糾紛聯繫係喚複復雙獨殼殺"
    "葷膩薑蔥騷擁"
)
_SIMPLIFIED = (
    "电楼门灯车气么吗个们说请这里里还时间过来东样条坏没听难声开关头体单号广场满烧烟尘树断层顶炉喷涌马挡谁处压闸锁热两点机网络线价费务阳园宝实学医区镇乡县桥铁铺馆厅厂庙湾岛页领导员问题报维护误错让对会发现见"
    "觉应该当与为于从后面猪鸡鸭鸟猫龙虫蝇蚁喂养饮饭厨厕脏乱杂货摆摊贩卖买钱银贷帐债罚据证书记录讯诉讼调决议论坛党团组织级别类种几数万亿岁历纪节庆妇儿婴孙爷妈亲邻户迁运输递邮购订预约诊疗药状检验测试练习课业"
    "绩优质产权属归偿赔补贴贫穷残废伤损灭灾险惊吓惧忧虑烦恼恶异严紧张松动摇倾缝渗积浊浑湿霉锈蚀烂旧鲜响扰闹哗乐剧戏游坝沟涧滨垒墙帘栏杆阶台檐绿荫叶干须飞扬洒扫洁净盖滚轮刹驾驶违规占挤畅顺标志识认摄监视频图"
    "画纸涂鸦写笔划闪烁红黄蓝铜钢铝铅锡盐碱苏烫冻结云雾台风无专经营办设备连续涨进远边周围侧桩柜钥铃狮猎执长锅贰俩够梁悬挂滞涝洼浅软轻载轨链枪艺术剂减缓余饿饱肃静隐窃盗诈骗贼击殴斗争纠纷联系系唤复复双独壳杀"
    "荤腻姜葱骚拥"
)
_ONE_HAND = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def plain(text: str) -> str:
    return composed(text).casefold()


def simplified(said: str) -> str:
    """The commonest traditional characters as whoever writes simplified ones has them: to compare, never to show."""
    return said.translate(_ONE_HAND)


def composed(text: str) -> str:
    """One spelling, capitals as they are."""
    return unicodedata.normalize("NFKC", text)


def is_han(run: str) -> bool:
    return run[0] >= "㐀"
