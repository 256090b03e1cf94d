package bot

import "time"

// A Sight is what whoever brings the requests sees and the bot does not: the channels of the guild, and how the connection fares.
type Sight interface {
	// Channels are the guild's channels in which people write, threads aside, by id.
	Channels(guild string) []ChannelSight
	Health() Health
}

// A ChannelSight is one channel as the bot stands in it.
type ChannelSight struct {
	ID      string
	Forum   bool
	Hidden  bool     // not everybody of the guild sees it
	Missing []string // Discord's English names of the rights that the bot needs there and lacks: "Send Messages"
}

// A Health is how the connection to Discord fares.
type Health struct {
	Shards    []ShardHealth
	Content   bool          // the Message Content intent is granted
	Behind    time.Duration // how far Discord's clock is ahead of ours; 0 below what can be told
	Refused   int           // requests refused of late, of 10,000 in ten minutes before a ban
	Guilds    int
	Channels  int // threads among them
	Buckets   int // of rate limits, that are remembered
	UnderWay  int // requests that are being answered
	Undecoded int // events that could not be read, since the start
}

// A ShardHealth is one connection.
type ShardHealth struct {
	ID, Of     int
	Ready      bool
	Since      time.Time     // it is as it is
	Latency    time.Duration // of the last heartbeat; 0 = none yet
	Starts     int           // session starts left today when it began last
	StartsTold bool          // else Discord has not told Starts yet: it goes on with another process's session
	Waits      time.Time     // until when it does not begin, as too few starts are left; zero: it does
}
