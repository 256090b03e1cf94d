package tables

import (
	"encoding/base64"
	"strings"
)

// packedState marks a card's state that was packed: zstd, in base64, as the column is text. States of before are JSON, which begins otherwise.
const packedState = "zstd:"

// packState makes a card's state a fifth to a third as long: it is the passages of an answer with all their reasons, some 10 KB, of every answer of 90 days.
func packState(state string) string {
	packed := packedState + base64.RawStdEncoding.EncodeToString(packer.EncodeAll([]byte(state), nil))
	if len(packed) >= len(state) {
		return state
	}
	return packed
}

func unpackState(stored string) (string, error) {
	text, packed := strings.CutPrefix(stored, packedState)
	if !packed {
		return stored, nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return "", err
	}
	state, err := unpacker.DecodeAll(raw, nil)
	return string(state), err
}
