package retrieval

import "testing"

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
