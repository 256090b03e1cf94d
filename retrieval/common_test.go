package retrieval

import (
	"testing"
	"time"

	"archivist"
	"archivist/retrieval/text"
)

// TestCommonQuestions: a question of nothing but stop words gets help in every language that has a list of them; in the others it finds nothing.
func TestCommonQuestions(t *testing.T) {
	questions := map[string]string{
		"ar": "من هو؟", "da": "Hvem er det?", "de": "Wer ist es?", "el": "Ποιος είναι αυτός;", "en": "Who is it?", "es": "¿Quién es?", "fi": "Kuka se on?",
		"fr": "Qui est-ce?", "hi": "वह कौन है?", "hu": "Ki az?", "it": "Chi è?", "ja": "それは誰ですか？", "ko": "그는 누구입니까?", "nl": "Wie is het?",
		"no": "Hvem er det?", "pl": "Kto to jest?", "pt": "Quem é?", "ro": "Cine este?", "ru": "Кто это?", "sv": "Vem är det?", "th": "เขาคือใคร",
		"tr": "Kim o?", "uk": "Хто це?", "vi": "Đó là ai?", "zh": "他是谁？",
	}
	for _, language := range text.Languages() {
		e := New(openStore(t), Options{})
		put(t, e, inLanguage(language, "it", "Harbour 4711 Kiosk."))
		a, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: questions[language], Asked: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
		switch language {
		case "ja", "ko", "th", "zh":
			if err != nil || !a.Refused() || len(a.Passages) != 0 {
				t.Errorf("%s %s: %+v, %v", language, questions[language], a, err)
			}
		default:
			if archivist.CodeOf(err) != archivist.QuestionCommon {
				t.Errorf("%s %s: %+v, %v", language, questions[language], a.Grade, err)
			}
		}
	}
}
