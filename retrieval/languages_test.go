package retrieval

import (
	"strings"
	"testing"

	"archivist/retrieval/text"
)

// everyLanguage has an article in each language of the table, and a question whose words stand there in other forms. The stories are of one
// kind, so that names and numbers alone do not lead to the right one.
var everyLanguage = []struct{ language, title, article, question, want string }{
	{"ar", "المنارة القديمة", "بنى الصيادون المنارة القديمة في عام 1911. يزور السياح المتحف الصغير كل صيف.", "متى بنيت منارة الصيادين؟", "1911"},
	{"da", "Det gamle fyrtårn", "Fiskerne byggede det gamle fyrtårn i 1912. Turisterne besøger det lille museum hver sommer.", "Hvornår blev fiskernes gamle fyrtårne bygget?", "1912"},
	{"de", "Der alte Leuchtturm", "Die Fischer bauten den alten Leuchtturm im Jahr 1913. Touristen besuchen das kleine Museum jeden Sommer.", "Wann haben Fischer die alten Leuchttürme gebaut?", "1913"},
	{"el", "Ο παλιός φάρος", "Οι ψαράδες έχτισαν τον παλιό φάρο το 1914. Οι τουρίστες επισκέπτονται το μικρό μουσείο κάθε καλοκαίρι.", "Πότε χτίστηκε ο παλιός φάρος των ψαράδων;", "1914"},
	{"en", "The old lighthouse", "The fishermen built the old lighthouse in 1915. Tourists visit the small museum every summer.", "When were the old lighthouses of the fishermen built?", "1915"},
	{"es", "El viejo faro", "Los pescadores construyeron el viejo faro en 1916. Los turistas visitan el pequeño museo cada verano.", "¿En qué año construyó el pescador los viejos faros?", "1916"},
	{"fi", "Vanha majakka", "Kalastajat rakensivat vanhan majakan vuonna 1917. Turistit käyvät pienessä museossa joka kesä.", "Milloin kalastajien vanha majakka rakennettiin?", "1917"},
	{"fr", "Le vieux phare", "Les pêcheurs ont construit le vieux phare en 1918. Les touristes visitent le petit musée chaque été.", "En quelle année le pêcheur a-t-il construit les vieux phares ?", "1918"},
	{"hi", "पुराना प्रकाशस्तंभ", "मछुआरों ने पुराना प्रकाशस्तंभ 1919 में बनाया। पर्यटक हर गर्मी में छोटा संग्रहालय देखते हैं।", "मछुआरे ने पुराने प्रकाशस्तंभ को कब बनाया?", "1919"},
	{"hu", "A régi világítótorony", "A halászok 1920-ban építették a régi világítótornyot. A turisták minden nyáron megnézik a kis múzeumot.", "Mikor építették a halászok régi világítótornyát?", "1920"},
	{"it", "Il vecchio faro", "I pescatori costruirono il vecchio faro nel 1921. I turisti visitano il piccolo museo ogni estate.", "Quando il pescatore ha costruito i vecchi fari?", "1921"},
	{"ja", "古い灯台", "漁師たちは1922年に古い灯台を建てた。観光客は毎年夏に小さな博物館を訪れる。", "漁師が古い灯台を建てたのはいつですか？", "1922"},
	{"ko", "오래된 등대", "어부들은 1923년에 오래된 등대를 세웠다. 관광객들은 여름마다 작은 박물관을 찾는다.", "어부들이 오래된 등대를 언제 세웠습니까?", "1923"},
	{"nl", "De oude vuurtoren", "De vissers bouwden de oude vuurtoren in 1924. Toeristen bezoeken het kleine museum elke zomer.", "Wanneer hebben vissers de oude vuurtorens gebouwd?", "1924"},
	{"no", "Det gamle fyret", "Fiskerne reiste det gamle fyret på øya i 1925. Turistene besøker det lille museet hver sommer.", "Når reiste fiskeren de gamle fyrene på øya?", "1925"},
	{"pl", "Stara latarnia", "Rybacy zbudowali starą latarnię morską w 1926 roku. Turyści zwiedzają małe muzeum każdego lata.", "Kiedy rybak zbudował stare latarnie morskie?", "1926"},
	{"pt", "O velho farol", "Os pescadores construíram o velho farol em 1927. Os turistas visitam o pequeno museu todos os verões.", "Em que ano o velho farol foi construído pelo pescador?", "1927"},
	{"ro", "Farul vechi", "Pescarii au construit farul vechi în anul 1928. Turiștii vizitează micul muzeu în fiecare vară.", "În ce an a construit pescarul farurile vechi?", "1928"},
	{"ru", "Старый маяк", "Рыбаки построили старый маяк в 1929 году. Туристы посещают маленький музей каждое лето.", "Когда рыбаками были построены старые маяки?", "1929"},
	{"sv", "Den gamla fyren", "Fiskarna byggde den gamla fyren år 1930. Turisterna besöker det lilla museet varje sommar.", "När byggdes fiskarnas gamla fyrar?", "1930"},
	{"th", "ประภาคารเก่า", "ชาวประมงสร้างประภาคารเก่าในปี 1931 นักท่องเที่ยวเยี่ยมชมพิพิธภัณฑ์เล็กทุกฤดูร้อน", "ชาวประมงสร้างประภาคารเก่าเมื่อใด", "1931"},
	{"tr", "Eski deniz feneri", "Balıkçılar eski deniz fenerini 1932 yılında yaptı. Turistler her yaz küçük müzeyi ziyaret ediyor.", "Balıkçıların eski deniz feneri ne zaman yapıldı?", "1932"},
	{"uk", "Старий маяк", "Рибалки збудували старий маяк у 1933 році. Туристи відвідують маленький музей щоліта.", "Коли рибалками були збудовані старі маяки?", "1933"},
	{"vi", "Ngọn hải đăng cũ", "Ngư dân xây ngọn hải đăng cũ vào năm 1934. Du khách thăm bảo tàng nhỏ mỗi mùa hè.", "Ngư dân xây ngọn hải đăng cũ vào năm nào?", "1934"},
	{"zh", "老灯塔", "渔民们在1935年建造了这座老灯塔。游客每年夏天参观小博物馆。", "渔民什么时候建造了老灯塔？", "1935"},
}

// TestEveryLanguage asks a library of all languages in each of them: every question finds the article of its own.
func TestEveryLanguage(t *testing.T) {
	e := New(openStore(t), Options{})
	covered := map[string]bool{}
	for _, sample := range everyLanguage {
		covered[sample.language] = true
		in := intake(sample.language, sample.title, sample.article)
		in.Article.Language = sample.language
		put(t, e, in)
	}
	for _, language := range text.Languages() {
		if !covered[language] {
			t.Errorf("%s has no sample", language)
		}
	}
	for _, sample := range everyLanguage {
		a := ask(t, e, sample.question)
		if len(a.Passages) == 0 {
			t.Errorf("%s: %s: nothing found", sample.language, sample.question)
			continue
		}
		p := a.Passages[0]
		if sentence := p.Text[p.Sentence.Start:p.Sentence.End]; !strings.Contains(sentence, sample.want) {
			t.Errorf("%s: %s: %s in the article %q, want %s", sample.language, sample.question, sentence, p.Article.Title, sample.want)
		}
	}
}

// TestNoLanguage finds an article whose language nobody knows by a question whose own is sure, though its stem is another.
func TestNoLanguage(t *testing.T) {
	e := New(openStore(t), Options{})
	unknown := intake("unknown", "New", "The quibbleflocke was opened at the old harbour.")
	unknown.Article.Language = ""
	put(t, e, bridge, ferry, unknown)
	if a := ask(t, e, "When was the quibbleflocke opened?"); len(a.Passages) == 0 || a.Passages[0].Article.Title != "New" {
		t.Errorf("found %+v", a.Passages)
	}
}
