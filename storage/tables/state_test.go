package tables

import (
	"strings"
	"testing"
)

// TestStatesArePacked: what is long becomes shorter and comes back; what is short, and what was stored before, stays as it is.
func TestStatesArePacked(t *testing.T) {
	long := `{"passages":[` + strings.Repeat(`{"text":"The bridge was closed on 4 March.","reasons":[{"name":"title","value":0.25}]},`, 50) + `{}]}`
	if packed := packState(long); len(packed) > len(long)/5 || !strings.HasPrefix(packed, packedState) {
		t.Errorf("%d bytes of %d", len(packed), len(long))
	}
	for _, state := range []string{"", "{}", long, `{"question":"zstd:?"}`} {
		if got, err := unpackState(packState(state)); err != nil || got != state {
			t.Errorf("%.40q came back as %.40q, %v", state, got, err)
		}
	}
	if got, err := unpackState(long); err != nil || got != long {
		t.Errorf("a state of before: %.40q, %v", got, err)
	}
	for _, broken := range []string{packedState + "!", packedState + "AAAA"} {
		if got, err := unpackState(broken); err == nil {
			t.Errorf("%q is read as %q", broken, got)
		}
	}
}
