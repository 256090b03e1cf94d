package text

import (
	"strings"
	"testing"
)

func TestNumbers(t *testing.T) {
	tests := []struct{ lang, text, want string }{
		{"en", "$1bn", "1000000000"},
		{"en", "$1 billion", "1000000000"},
		{"en", "$1B", "1000000000"},
		{"en", "one billion", "1000000000"},
		{"en", "1,000,000,000", "1000000000"},
		{"en", "1.35bn", "1350000000"},
		{"en", "a 5-million-dollar plan", "(a) 5000000 dollar plan"},
		{"en", "5m 5 m", "5000000 5 m"},
		{"en", "the 5K run cost $5k", "(the) 5k run cost 5000"},
		{"en", "0.25 million", "250000"},
		{"en", "2.3456789 million", "2345678.9"},
		{"en", "five hundred thousand", "500000"},
		{"en", "twelve men, 12 men", "12 men 12 men"},
		{"en", "Twenty-One", "21"},
		{"en", "20 one", "20 one"},                    // digits take no units
		{"en", "no one, one day", "(no) one one day"}, // a pronoun as often as a number
		{"en", "four, million", "4 million"},          // a comma divides
		{"en", "millions of billions", "million (of) billion"},
		{"en", "9 million million million million million", "9000000000000000000 million million"},
		{"en", "1.2.3 million", "1.2.3 million"},
		{"en", "20%, 20 percent, 20 per cent, 20 %", "20 percent 20 percent 20 percent 20 percent"},
		{"en", "% of", "(of)"},
		{"en", "four per head", "4 per head"},
		{"de", "1,5 Mio. Euro, 1.500.000 Euro, eine Million", "1500000 euro 1500000 euro 1000000"},
		{"de", "zwölf Prozent, 12 %", "12 prozent 12 prozent"},
		{"es", "5 mil millones, 20 por ciento, 20%", "5000000000 20 (por) cient 20 cient"},
		{"fr", "deux milliards, 20 pour cent, 20 %", "2000000000 20 (pour) cent 20 cent"},
		{"ru", "1,2 млрд, 3 миллиона", "1200000000 3000000"},
		{"xx", "one million 5m 20%", "one million 5m 20"},
	}
	for _, test := range tests {
		if got := strings.Join(terms(test.text, test.lang), " "); got != test.want {
			t.Errorf("%s %q:\n got %s\nwant %s", test.lang, test.text, got, test.want)
		}
	}
}

// TestNumberPlaces wants a number's token to cover all its words, and to be no stop word whatever it began with.
func TestNumberPlaces(t *testing.T) {
	const s = "Eine Million Euro"
	token := Analyse(s, "de")[0]
	if got := s[token.Start:token.End]; got != "Eine Million" || token.Stop || token.Term != "1000000" {
		t.Errorf("the token is %+v over %q", token, got)
	}
}

func TestMultiply(t *testing.T) {
	tests := []struct {
		term  string
		scale int
		want  string
	}{
		{"1.35", 9, "1350000000"},
		{"1", 2, "100"},
		{"0", 6, "0"},
		{"0.5", 0, "0.5"},
		{"007", 3, "7000"},
		{"1.2345", 3, "1234.5"},
		{"1.2.3", 6, ""},
		{"5g", 6, ""},
		{"1.", 6, "1000000"},
		{strings.Repeat("9", 20), 6, ""},
	}
	for _, test := range tests {
		if got := multiply(test.term, test.scale); got != test.want {
			t.Errorf("multiply(%q, %d) = %q, want %q", test.term, test.scale, got, test.want)
		}
	}
}
