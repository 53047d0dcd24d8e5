//! Whether Han characters are simplified Chinese, traditional Chinese or Japanese, by frequent characters that not all three have.
//!
//! # Source
//! Characters frequent in the training lines or simplified in Japan, sorted by which of these hold them: GB 2312-80 (simplified), the
//! frequent level of Big5 (traditional), the first level of JIS X 0208 (Japanese).

use std::sync::OnceLock;

/// The lists cover these code points.
const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;
/// Simplified, traditional, Japanese.
const TAGS: [&str; 3] = ["zh-Hans", "zh-Hant", "ja"];

/// In simplified Chinese alone.
const HANS: &str = "\
    业东丝两个为丽义乌乐习乡书买亚产亲仅从仓仪们众优伟传伤伦侦侧俩债倾储关兴养军农冲决况净减凤凭击刘则刚创别剧办务动劳势华单\
    卖卫厅历厉压县发变吓吗员响啥团园围图场块坚垫处备复够头妈宁实审对寻尔岁岗币师帐带帮广庆库应废开异弃张弹强归录怀态总恶恼惊\
    惯戏战户扰抛抢护报拥择挥损换捣摄摆敌斩无时显晓暂术杀权杨极构枪标栋栏树样梦检欢毁毕气汇汉沟泪泽洁测济浓涨渐满灭灵炼烂烦烧\
    热爱爷牵狮猎玛环现电疗疯盐监盖盘睇码础确祸离种积稳穷竞笔签简类粮紧红约级纪纯纸纽线练组细织终绍经结给络绝继续维绿缘罗罚罢\
    职联胜脑脸腊艺节荣药营萨蓝虑虽补见观规视觉计认讨让训记讲许论设访证评识诉词试诗诚话该语误说请诺读课谁调谅谈谋谎谢贝负财责\
    败账货质贩贪贫购贵费贺资赌赏赔赖赛赞赢赣赵赶趋跃车轮软轻载较辆辈输辩边达迁过运还这进远违连迟适选递逻遗邮邻郑释针钟钢钱铁\
    铃银销锁锋错锦键镇镜长门闪闭问闯闲间闷闹闻阅队阳阴阶际陆陈险隐隶难韩页顶项顺须顾顿预领频题颜额风飞饭饮饰饱馆马骂验骑骗骚\
    鱼鸟鸡鸣齐齿龙";
/// In traditional Chinese alone, Cantonese among it.
const HANT: &str = "\
    亞來倆們傳兒兩勞匯區卻參單嗎囉國圍圖團壓壞夠妳媽學實寫寶將專對崗帶幫廢廣廳彈從惡惱慘憑應懷戀戰戲戶搶擇擊擔據擺攝數曉會條\
    樂樣檢權歐歡歲歷歸殘毀氣沒淚淨溫滾滿漲澤濟濤灣燒營爛爭獨獵產畫當瘋癘癬發盡眾碼稱穩簽絕經綠緣縣總繼續耑聲聽腦腳臉與舉舊萊\
    萬藝藥處號蟲裝覺觀訃說謊證讀變讓豐貪賣賴賽贊贏趙踐輕輛轉辦辭辯遞遲邊邏鄉鄰醫釋銷錄錢鐵閒閱闖關隨險隱隸雖雙雞靈顏顯騙驗體\
    鬧鮑鹽麥麵麼黃點黨齊齒這佢冇咗哋喺嘅嚟";
/// In Japanese alone.
const JAPANESE: &str = "\
    両乗亀亜仏仮伝価倹働児円処凪剣剤剰労勧匂単厳収喰営団囲図圏圧塁塩増壊壱売変嬢実寛対専峠巣帯帰庁広廃弐弾従徳応恵悩悪懐戦戯\
    戻払抜択拝拠拡挙挿捜掲揺摂撃斉斎暁暦曽枠栃栄桜桟検楽榊様権歓歩歯歳歴殻毎気沢浄涙渇済渉渋渓満滝瀬焔焼犠猟獣産畑畠畳痩発県\
    砕稲穂穏竃竜笹粋粛経絵絶継続総緑縁縄縦繊聡聴脳臓舎舗艶荘菓蔵薬蛍裏覇覚覧観訳説読謡譲豊賛転軽辺辻込逓遅郷酔醤醸釈鉄鉱銭鋳\
    錬録鎌関閲闘陥険隠隣隷雑雫霊頼顔顕駅駆騒験髄髪鰐鶏麺黒黙齢";
/// In simplified Chinese and Japanese.
const HANS_AND_JAPANESE: &str = "\
    万与乱争会体写区医却参双号国堕壮声奥学宝将尽届属峡当怜恋惨担据数旧昼机条来枢楼欧残殴没浅浜涛温湾湿滞潜灯炉点独狭献画着礼\
    祷禄禅称窃胆脚脱茎莱虚蛮装触誉践辞遥随静麦黄";
/// In traditional Chinese and Japanese.
const HANT_AND_JAPANESE: &str = "\
    並倉個倫偉側偵備債傷傾僅儀優儲凱別則剛創劇劉動務勝勢員問園執報場奮宮師幣幹幾庫張復悶愛態慣慮慶憐掛換揮損擁敗敵時暫書東棄\
    棟楊業極構槍標樹機欄殺決況減測準溝滅漢漸潔濃為烏無煉煩熱燈爺爾牽獅現環畢異療監盤砲確礎種積窮競筆箇節簡糧紀約紅純紙級紹組\
    結絡給統維網緊線練縮績織罰罵罷羅義習聖聞聯職興華葉蓋蘇蘭術衛衝補裡複見規視親討訓記訪設許訴証評詞試詩話該認語誠誤誰課調談\
    請論諸諾講謝謹識議護貝負財貧貨販責貴買費賀資賓賞賠質購贈趨躍車軍軟較載輪輸農連週進遊運過達違遠適遷選遺還郵鄭針鈴銀銅鋒\
    鋼錦錯鍵鎖鎮鏡鐘長門閃閉開間陰陳陸陽隊階際離難電韓響頁頂項順須預頓領頭頻題額願類顧風飛飯飲飽飾養館馬駐駕騎驚魚魯鳥鳳鳴麗\
    龍";
/// In Chinese of both kinds and hardly in Japanese.
const CHINESE: &str = "\
    么于仍份伙你佩俱值假做偷儿冤几划勒卡吧听呀呃呢呵咒咖咧咱哇哈哥哦哪唔啊啡啦喂喔嗨嗯嘛嘿噢坏夸奶奸她妒妮孩孽它屁已帕并很德\
    怎怔怕您愿懂找拉拜拿挂挖掉揣搞收效晚杠杰查桌梳榴橙歉步每毫沮淌炮炳炸爸猜盒盯砍碰站竟竭耙腥舒艾芬莉莎蒂蕾藏蠢跑跟迪陷霍靠\
    靡黑默";

/// What the characters of a text say.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Han {
    /// How many of the telling characters each of the three has.
    has: [u32; 3],
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// Like this language.
    Like(&'static str),
    /// Like this language, but Japanese has all of it too.
    Perhaps(&'static str),
    /// In Chinese of either kind.
    Chinese,
    /// With what all three have.
    Anyhow,
}

impl Han {
    pub(crate) fn count(&mut self, char: char) {
        let code = char as u32;
        if (FIRST..=LAST).contains(&code) {
            let lists = masks()[(code - FIRST) as usize];
            self.has.iter_mut().enumerate().for_each(|(place, count)| *count += u32::from(lists >> place & 1));
        }
    }

    /// The one that has most of the telling characters. Japanese without kana is rare beside Chinese, so it has to have most alone.
    pub(crate) fn written(self) -> Written {
        let [hans, hant, ja] = self.has;
        match () {
            () if ja > hans.max(hant) => Written::Like(TAGS[2]),
            () if hans > hant.max(ja) => Written::Like(TAGS[0]),
            () if hant > hans.max(ja) => Written::Like(TAGS[1]),
            () if hans > hant => Written::Perhaps(TAGS[0]),
            () if hant > hans => Written::Perhaps(TAGS[1]),
            () if hans > ja => Written::Chinese,
            () => Written::Anyhow,
        }
    }
}

/// Of each character, which of the three have it, as bits; 0 for those that say nothing.
fn masks() -> &'static [u8] {
    static MASKS: OnceLock<Vec<u8>> = OnceLock::new();
    MASKS.get_or_init(|| {
        let mut masks = vec![0; (LAST - FIRST + 1) as usize];
        let lists = [
            (HANS, 0b001),
            (HANT, 0b010),
            (JAPANESE, 0b100),
            (HANS_AND_JAPANESE, 0b101),
            (HANT_AND_JAPANESE, 0b110),
            (CHINESE, 0b011),
        ];
        for (list, mask) in lists {
            list.chars().filter_map(|char| (char as u32).checked_sub(FIRST)).for_each(|place| masks[place as usize] = mask);
        }
        masks
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_not_all_have_decide() {
        for (text, wanted) in [
            ("我们从最基本的开始吧", Written::Like("zh-Hans")),
            ("我們要去跟客人道別嗎", Written::Like("zh-Hant")),
            ("佢喺度食緊嘢", Written::Like("zh-Hant")),
            ("東京駅周辺", Written::Like("ja")),
            ("東京大学", Written::Like("ja")),
            ("東京", Written::Perhaps("zh-Hant")),
            ("営業時間変更", Written::Like("ja")),
            ("你好", Written::Chinese),
            ("日本", Written::Anyhow),
            ("", Written::Anyhow),
        ] {
            let mut han = Han::default();
            text.chars().for_each(|char| han.count(char));
            assert_eq!(han.written(), wanted, "{text}");
        }
    }

    #[test]
    fn no_character_is_in_two_lists() {
        let mut all: Vec<char> =
            [HANS, HANT, JAPANESE, HANS_AND_JAPANESE, HANT_AND_JAPANESE, CHINESE].iter().flat_map(|list| list.chars()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|char| (FIRST..=LAST).contains(&(*char as u32))));
    }
}
