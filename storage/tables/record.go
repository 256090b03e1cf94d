package tables

import (
	"database/sql"
	"fmt"
	"time"
)

// A record is a row of values as the driver gives them, taken from the left. Reading into it takes no conversions, which cost more than SQLite
// does for a row, and one record serves for all rows of a query.
type record struct {
	values  []any
	targets []any // pointers to values
	at      int
	err     error // of the first value that was not of the type wanted
}

func newRecord(width int) *record {
	r := &record{values: make([]any, width), targets: make([]any, width)}
	for i := range r.values {
		r.targets[i] = &r.values[i]
	}
	return r
}

// read reads the next row.
func (r *record) read(scan Scan) error {
	r.at = 0
	return scan(r.targets...)
}

// take is the next value.
func take[T int64 | string](r *record) T {
	v, ok := r.values[r.at].(T)
	if !ok && r.err == nil {
		r.err = fmt.Errorf("column %d is %T, not %T", r.at, r.values[r.at], v)
	}
	r.at++
	return v
}

// takeTime is the next value as a time, zero for NULL.
func takeTime(r *record) time.Time {
	if r.values[r.at] == nil {
		r.at++
		return time.Time{}
	}
	return fromMillis(sql.NullInt64{Int64: take[int64](r), Valid: true})
}
