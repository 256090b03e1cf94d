package text

import (
	"strings"
	"testing"
)

// TestOwnStemmers wants 97 of 100 forms to meet the first of their line, and words of different lines to stay apart.
func TestOwnStemmers(t *testing.T) {
	for language, lines := range map[string]string{
		"pl": `
			kobieta kobiety kobiecie kobietę kobietą kobiet kobietom kobietami kobietach
			miasto miasta miastu miastem miast miastom miastami miastach
			szkoła szkoły szkołę szkołą szkół
			nowy nowa nowe nowego nowej nowemu nowym nowych nowymi
			minister ministra ministrowi ministrem ministrowie ministrów ministrom ministrami
			budował budowała budowało budowali budować
			niemiecki niemiecka niemieckie niemieckiego niemieckiej niemieckich
			wojna wojny wojnie wojnę wojną wojen wojnami
			kościół kościoła kościołem kościoły kościołów
			decyzja decyzji decyzję decyzją decyzje decyzjom decyzjami
			książka książki książce książkę książką książek książkami
			mówił mówiła mówili mówić
			Polska Polsce Polskę Polską Polski
			praca pracy pracę pracą
			prawo prawa prawem prawie
			noc nocy
			nos nosa nosem
			rok roku rokiem
			rak raka rakiem
			kot kota kotem kotów
			kod kodu kodem kodów
			rzeka rzeki rzece rzekę rzek
			noga nogi nodze nogę
			most mostu moście mosty mostów`,
		"uk": `
			жінка жінки жінку жінкою жінок жінкам жінками жінках
			місто міста місту містом міст містам містами містах
			новий нова нове нового нової новому новим нових новими нову
			міністр міністра міністру міністром міністри міністрів міністрам
			будував будувала будувало будували будувати
			країна країни країні країну країною країн країнам країнами
			війна війни війні війну війною
			український українська українське українського української українським українських
			рішення рішенням рішеннями
			книга книги книгу книгою книг
			школа школи школі школу школою шкіл школами
			говорив говорила говорили говорити
			Америка Америки Америці Америку
			мова мови мову мовою
			море моря морем
			рак рака раком
			ріка ріки ріці ріку
			раз рази разом
			мости мостів мостами
			учень учня`,
	} {
		owner := map[string]string{}
		together, forms := 0, 0
		for line := range strings.Lines(strings.TrimSpace(lines)) {
			words := strings.Fields(line)
			main := terms(words[0], language)[0]
			for _, word := range words {
				stem := terms(word, language)[0]
				forms++
				if stem == main {
					together++
				}
				if other, taken := owner[stem]; taken && other != words[0] {
					t.Errorf("%s: %s and %s meet in %s", language, words[0], other, stem)
				}
				owner[stem] = words[0]
				if stem != main {
					t.Logf("%s: %s is %s, %s is %s", language, words[0], main, word, stem)
				}
			}
		}
		if together < forms*97/100 {
			t.Errorf("%s: %d of %d forms meet", language, together, forms)
		}
	}
}
