package retrieval

import (
	"testing"

	"archivist"
)

// TestDelete: a library that comes back after its end begins anew, also in memory.
func TestDelete(t *testing.T) {
	e := New(openStore(t), Options{})
	put(t, e, bridge)
	put(t, e, ferry)
	if a := ask(t, e, "When was the stone bridge closed?"); a.Refused() {
		t.Fatal("the bridge is not found")
	}
	if err := e.Delete(t.Context(), town); err != nil {
		t.Fatal(err)
	}
	put(t, e, honey)
	if a := ask(t, e, "Who won the prize at the honey festival?"); len(a.Passages) == 0 {
		t.Error("what was stored after the deletion is not found")
	}
	if a := ask(t, e, "When was the stone bridge closed?"); len(a.Passages) > 0 {
		t.Errorf("what was deleted is found: %+v", a.Passages)
	}
}

// TestDeletedElsewhere: another process that holds a library learns with the next question that it was deleted, however much has been stored
// anew since: nothing of old is found, all that is new is, and what is private now is told to nobody else.
func TestDeletedElsewhere(t *testing.T) {
	secret := honey
	secret.Article.Channels = []string{"11"}
	again := []archivist.Intake{
		secret, intake("crane", "Crane", "The crane lifted granite."), intake("fog", "Fog", "The fog horn was silent."),
		intake("lamp", "Lamp", "The lamp was lit at dusk."),
	}
	const question = "Who won the prize at the honey festival?"
	for stored := range len(again) + 1 {
		store := openStore(t)
		mine, other := New(store, Options{}), New(store, Options{})
		put(t, mine, bridge)
		put(t, mine, ferry)
		if a := ask(t, other, "When was the stone bridge closed?"); len(a.Passages) == 0 {
			t.Fatal("the bridge is not found")
		}
		if err := mine.Delete(t.Context(), town); err != nil {
			t.Fatal(err)
		}
		for _, in := range again[:stored] {
			put(t, mine, in)
		}
		if stored == 0 {
			for range 2 {
				if _, err := other.Ask(t.Context(), archivist.Question{Library: town, Text: question}); archivist.CodeOf(err) != archivist.LibraryEmpty {
					t.Errorf("of a library that is deleted: %v", err)
				}
			}
			put(t, mine, secret)
		}
		if a := ask(t, other, question); len(a.Passages) > 0 || len(a.Nearest) > 0 {
			t.Errorf("%d stored anew: what is private is told: %+v", stored, a)
		}
		if a := ask(t, other, "When was the stone bridge closed?"); len(a.Passages) > 0 {
			t.Errorf("%d stored anew: what was deleted is found: %+v", stored, a.Passages)
		}
		a, err := other.Ask(t.Context(), archivist.Question{Library: town, Text: question, View: archivist.View{Channel: "11"}})
		if err != nil || len(a.Passages) == 0 {
			t.Errorf("%d stored anew: what is new is not found: %+v, %v", stored, a, err)
		}
	}
}
