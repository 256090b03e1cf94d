package index

// A Form is what a term is by how it is written.
type Form uint8

// The forms.
const (
	WordForm Form = iota
	NumberForm
	YearForm     // four digits that may be a year
	CalendarForm // a month or a day of the week
)

func formOf(term []byte) Form {
	if len(term) == 0 || term[0] < '0' || term[0] > '9' {
		if calendarTerms[string(term)] {
			return CalendarForm
		}
		return WordForm
	}
	if len(term) == 4 && (term[0] == '1' && term[1] >= '5' || term[0] == '2' && term[1] <= '1') && digits(term) {
		return YearForm
	}
	return NumberForm
}

func digits(term []byte) bool {
	for _, c := range term {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// calendarTerms are stems of months and days.
var calendarTerms = map[string]bool{}

func init() {
	for _, term := range []string{
		"januari", "februari", "march", "april", "may", "june", "juli", "august", "septemb", "octob", "novemb", "decemb",
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
		"januar", "februar", "marz", "mai", "juni", "septemb", "oktob", "dezemb",
		"ener", "febrer", "marz", "abril", "may", "juni", "juli", "agost", "septiembr", "octubr", "noviembr", "diciembr",
	} {
		calendarTerms[term] = true
	}
}
