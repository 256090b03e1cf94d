package retrieval

import (
	"testing"

	"archivist"
)

// TestThreshold asks one question under the thresholds that a library may set; what is no threshold counts as none.
func TestThreshold(t *testing.T) {
	store := openStore(t)
	e := New(store, Options{})
	put(t, e, bridge, ferry, honey)
	const question = "When was the stone bridge closed?"
	own := ask(t, e, question)
	for _, test := range []struct {
		threshold string
		want      archivist.Grade
	}{{"1", archivist.GradeRefusal}, {"0", archivist.GradeAnswer}, {"2", own.Grade}, {"none", own.Grade}, {"", own.Grade}} {
		if err := store.SetSetting(t.Context(), town, archivist.SettingThreshold, test.threshold, archivist.Act{}); err != nil {
			t.Fatal(err)
		}
		if a := ask(t, e, question); a.Grade != test.want || a.Confidence != own.Confidence {
			t.Errorf("threshold %q: %s with confidence %.3f, want %s with %.3f", test.threshold, a.Grade, a.Confidence, test.want, own.Confidence)
		}
	}
	if own.Refused() {
		t.Errorf("refused at its default, confidence %.3f", own.Confidence)
	}
}
