package tables

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// TestStatesArePacked: what is long becomes shorter and comes back; what is short stays as it is.
func TestStatesArePacked(t *testing.T) {
	long := `{"passages":[` + strings.Repeat(`{"article":7,"first":0,"last":2,"reasons":[{"Name":"title","Note":"words of the title","Value":0.25}]},`, 50) + `{}]}`
	if text, packed := packState(long); len(packed) > len(long)/20 || text != "" {
		t.Errorf("%d bytes of %d, and the text %.40q", len(packed), len(long), text)
	}
	for _, state := range []string{"", "{}", long, `{"question":"zstd:?"}`} {
		if got, err := unpackState(packState(state)); err != nil || got != state {
			t.Errorf("%.40q came back as %.40q, %v", state, got, err)
		}
	}
	for _, broken := range [][]byte{{0}, []byte("zstd"), {0x28, 0xb5, 0x2f, 0xfd}} {
		if got, err := unpackState("", broken); err == nil {
			t.Errorf("%q is read as %q", broken, got)
		}
	}
	if _, packed := packState(strings.Repeat("a", 2*maxState)); len(packed) > 0 {
		if got, err := unpackState("", packed); err == nil {
			t.Errorf("a state of %d bytes is read", len(got))
		}
	}
}

// TestStatesOfBefore: states that were stored as text are read, packed or not.
func TestStatesOfBefore(t *testing.T) {
	long := `{"passages":[` + strings.Repeat(`{"text":"The bridge was closed on 4 March."},`, 50) + `{}]}`
	for _, stored := range []string{long, packedState + base64.RawStdEncoding.EncodeToString(packer.EncodeAll([]byte(long), nil))} {
		if got, err := unpackState(stored, nil); err != nil || got != long {
			t.Errorf("a state of before: %.40q, %v", got, err)
		}
	}
	for _, broken := range []string{packedState + "!", packedState + "AAAA"} {
		if got, err := unpackState(broken, nil); err == nil {
			t.Errorf("%q is read as %q", broken, got)
		}
	}
}

// TestStateWordsStay: with other words, what was packed could not be read.
func TestStateWordsStay(t *testing.T) {
	const want = "c891673417263404231a849b68bd0f7ac6d5a51c7d7fa515f368b899834043f2"
	if sum := sha256.Sum256(stateWords); hex.EncodeToString(sum[:]) != want {
		t.Errorf("state.words has the hash %x, not %s: give other words a file and a number of their own", sum, want)
	}
}
