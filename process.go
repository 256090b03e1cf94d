package archivist

import "time"

// A ShardLease says which process runs a shard of Discord's gateway, and what another one needs to take its session up where it was left.
// It is over after Until; then any process may have it.
type ShardLease struct {
	Shard, Shards int    // the shard, of so many
	Owner         string // names the process; unique among those on one store
	Until         time.Time
	Session       string // Discord's id of the session; "" = there is none to take up
	Sequence      int64  // of the last event that was taken care of
	Resume        string // the address at which the session is taken up
	Wanted        string // a process with fewer shards than its part, which would like this one; "" = none
}
