package tables

import (
	_ "embed"
	"encoding/base64"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// stateWords is what cards' states are made of, the answers' last: their packed bytes point into it (a dictionary of zstd without tables). It never
// changes, as what was packed with it could not be read any more: states that are made of other words get a file of their own, and its number. It
// halves what zstd alone makes of an answer's state, 850 bytes.
//
//go:embed state.words
var stateWords []byte

// wordsNumber is that of stateWords in what is packed with them.
const wordsNumber = 1

// maxState bounds a state that is read back.
const maxState = 1 << 20

var (
	statePacker   = mustZstd(zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithEncoderDictRaw(wordsNumber, stateWords)))
	stateUnpacker = mustZstd(zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxState), zstd.WithDecoderDictRaw(wordsNumber, stateWords)))
)

// packedState marks a state that was packed before there was a column for bytes: zstd, in base64, as text.
const packedState = "zstd:"

// packState makes a card's state a tenth as long: it is where the passages of an answer stand with all their reasons, some 5 KB, of every answer of 90
// days. What becomes no shorter stays the text.
func packState(state string) (text string, packed []byte) {
	if packed = statePacker.EncodeAll([]byte(state), nil); len(packed) < len(state) {
		return "", packed
	}
	return state, nil
}

// unpackState reads what packState made, now or before.
func unpackState(text string, packed []byte) (string, error) {
	if len(packed) > 0 {
		state, err := stateUnpacker.DecodeAll(packed, nil)
		return string(state), err
	}
	before, old := strings.CutPrefix(text, packedState)
	if !old {
		return text, nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(before)
	if err != nil {
		return "", err
	}
	state, err := unpacker.DecodeAll(raw, nil)
	return string(state), err
}
