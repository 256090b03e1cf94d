package fakediscord

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// decode reads one JSON value and keeps numbers as they stand.
func decode(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

// encode is json.Marshal of what we built ourselves from strings, numbers, bools, slices and maps, which cannot fail.
func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("fakediscord: " + err.Error())
	}
	return raw
}

// The readers below take what is there and else a zero value: a missing field and a field of the wrong type are told apart by the
// description's check, not here.

func text(o object, key string) string { s, _ := o[key].(string); return s }

func objectAt(o object, key string) object { m, _ := o[key].(object); return m }

func flag(o object, key string) bool { b, _ := o[key].(bool); return b }

func list(o object, key string) []any { l, _ := o[key].([]any); return l }

// objects are the members of a list that are objects.
func objects(o object, key string) []object {
	var out []object
	for _, v := range list(o, key) {
		if m, ok := v.(object); ok {
			out = append(out, m)
		}
	}
	return out
}

func number(o object, key string) int64 {
	switch n := o[key].(type) {
	case json.Number:
		i, _ := n.Int64()
		return i
	case int:
		return int64(n)
	case int64:
		return n
	case float64:
		return int64(n)
	}
	return 0
}

func has(o object, key string) bool { v, ok := o[key]; return ok && v != nil }

// copyOf is a deep copy by way of JSON, so that what is kept cannot be changed through what was handed out.
func copyOf[T any](v T) T {
	raw, err := decode(encode(v))
	if err != nil {
		panic("fakediscord: " + err.Error())
	}
	out, _ := raw.(T)
	return out
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

func quantity(n uint64) string { return strconv.FormatUint(n, 10) }
