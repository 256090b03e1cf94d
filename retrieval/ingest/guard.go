package ingest

import (
	"log/slog"
	"runtime/debug"
)

// guarded does a piece of work of a goroutine of ours. A panic in it costs this piece alone: the log has its stack, the process goes on.
func guarded(log *slog.Logger, what string, work func()) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("work was broken off", "work", what, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	work()
}
