package gateway

import (
	"bytes"
	"encoding/binary"
)

// maxSmall is the largest payload of a frame that is looked at whole, in bytes: every message of the gateway that is no dispatch,
// and empty dispatches, are smaller.
const maxSmall = 512

// maxUpgrade bounds the HTTP head before the first frame, in bytes.
const maxUpgrade = 64 << 10

// The opcodes of websocket frames that matter (RFC 6455, 5.2).
const (
	opText  = 1
	opClose = 8
)

// masked is a text frame as a client sends it. Its mask is zero, which leaves the payload as it is: masks keep proxies from taking what a
// page in a browser says for HTTP, and nobody else's words are in here.
func masked(payload []byte) []byte {
	frame := []byte{0x80 | opText}
	if len(payload) < 126 {
		frame = append(frame, 0x80|byte(len(payload)))
	} else {
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(len(payload)))
	}
	return append(append(frame, 0, 0, 0, 0), payload...)
}

// frames follows one direction of a websocket, from the HTTP upgrade on. Bytes are fed as they come; what may pass comes out in
// the same order. Whole small frames are shown to look first, which may keep them back. It holds at most one small frame or one
// HTTP head back. After anything that is no websocket it lets all pass unseen.
type frames struct {
	look func(opcode byte, payload []byte) (pass bool)

	state int
	held  []byte // of the HTTP head, a frame's head, or a small frame
	left  uint64 // bytes of a large frame that still pass unseen
}

const (
	inUpgrade = iota
	inHead
	inLarge
	blind
)

// feed takes the next bytes and appends to out those that pass.
func (f *frames) feed(out, in []byte) []byte {
	for len(in) > 0 {
		switch f.state {
		case inUpgrade:
			f.held = append(f.held, in...)
			end := bytes.Index(f.held, []byte("\r\n\r\n"))
			if end < 0 && len(f.held) <= maxUpgrade {
				return append(out, in...)
			}
			if end < 0 {
				f.state, f.held = blind, nil
				return append(out, in...)
			}
			head := end + 4 - (len(f.held) - len(in)) // of in
			out, in = append(out, in[:head]...), in[head:]
			f.state, f.held = inHead, nil
		case inHead:
			f.held = append(f.held, in[0])
			in = in[1:]
			out = f.head(out)
		case inLarge:
			n := int(min(f.left, uint64(len(in))))
			out, in = append(out, in[:n]...), in[n:]
			if f.left -= uint64(n); f.left == 0 {
				f.state = inHead
			}
		default:
			return append(out, in...)
		}
	}
	return out
}

// head looks at what is held of a frame, byte by byte: heads are 2 to 14 bytes, and small frames not worth more.
func (f *frames) head(out []byte) []byte {
	h := f.held
	if len(h) < 2 {
		return out
	}
	size, at := uint64(h[1]&0x7f), 2
	switch size {
	case 126:
		at = 4
	case 127:
		at = 10
	}
	masked := h[1]&0x80 != 0
	if masked {
		at += 4
	}
	if len(h) < at {
		return out
	}
	switch h[1] & 0x7f {
	case 126:
		size = uint64(binary.BigEndian.Uint16(h[2:]))
	case 127:
		size = binary.BigEndian.Uint64(h[2:])
	}
	whole := h[0]&0x80 != 0 // no fragment
	if size > maxSmall || !whole {
		f.held = nil
		if f.left = size; size > 0 {
			f.state = inLarge
		}
		return append(out, h...)
	}
	if uint64(len(h)-at) < size {
		return out
	}
	payload := h[at:]
	if masked {
		payload = bytes.Clone(payload)
		for i := range payload {
			payload[i] ^= h[at-4+i%4]
		}
	}
	f.held = nil
	if f.look(h[0]&0x0f, payload) {
		return append(out, h...)
	}
	return out
}
