package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"

	"modernc.org/sqlite"
)

// slowDisk makes each commit to a database wait first, as one does on a disk that is slow to say that it has written. It tells how many there were.
func slowDisk(database string, wait time.Duration) (commits *atomic.Int64) {
	commits = &atomic.Int64{}
	// A hook is the driver's, for ever: that of another database finds nothing to do.
	sqlite.RegisterConnectionHook(func(connection sqlite.ExecQuerierContext, dsn string) error {
		if hooks, ok := connection.(sqlite.HookRegisterer); ok && strings.HasPrefix(dsn, "file:"+database+"?") {
			hooks.RegisterCommitHook(func() int32 {
				commits.Add(1)
				time.Sleep(wait)
				return 0
			})
		}
		return nil
	})
	return commits
}

// TestSlowDisk: where each commit takes 200 ms, Discord is answered in its time all the same, all questions are answered, and each of the
// links that come meanwhile becomes an article.
func TestSlowDisk(t *testing.T) {
	w := newWholeWay(t)
	commits := slowDisk(w.database, 200*time.Millisecond)
	readers := w.discord.Guild("Herald readers")
	news, ann := readers.Channel("news"), readers.Member("Ann")
	w.reading = archivist.GuildLibrary(readers.ID())
	w.serve()
	w.reply(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/bridge")), "Old bridge closes")
	const links, questions = 3, 4 // less than a channel may ask at once
	var slowest atomic.Int64
	var acknowledged sync.WaitGroup
	slash := func(name string, option fakediscord.Input) *fakediscord.Interaction {
		began := time.Now()
		x := ann.Slash(news, name, option)
		acknowledged.Go(func() {
			if _, err := x.Ack(w.ctx); err != nil {
				t.Error(err)
			}
			for took := time.Since(began); ; {
				if most := slowest.Load(); int64(took) <= most || slowest.CompareAndSwap(most, int64(took)) {
					return
				}
			}
		})
		return x
	}
	var added, asked []*fakediscord.Interaction
	for n := range links {
		added = append(added, slash("add", fakediscord.Opt("url", fmt.Sprint(w.pages, "/page", n))))
	}
	for range questions {
		asked = append(asked, slash("ask", fakediscord.Opt("question", "When was the stone bridge closed?")))
	}
	acknowledged.Wait()
	for _, x := range asked {
		w.reply(x, "The stone bridge over the Ebb was closed to all traffic on 4 March")
	}
	for _, x := range added {
		w.reply(x, "Old bridge closes")
	}
	for n := range links {
		if job := w.job(fmt.Sprint("/page", n)); job.State != archivist.JobDone {
			t.Errorf("page %d is %s", n, job.State)
		}
	}
	most := time.Duration(slowest.Load())
	t.Logf("the slowest acknowledgement took %s; %d commits", most, commits.Load())
	if most > 2500*time.Millisecond || commits.Load() < links {
		t.Errorf("the slowest acknowledgement took %s, %d commits were slow", most, commits.Load())
	}
}
