package rank

import "regexp"

var now = regexp.MustCompile(`(?i)\b(this (week|month|year|weekend|summer|winter|spring|fall|season)|recent|recently|today|currently|latest|last week|last month|now|yesterday|tonight|past week)\b`)

// AsksNow reports whether a question asks about these days.
func AsksNow(question string) bool { return now.MatchString(question) }
