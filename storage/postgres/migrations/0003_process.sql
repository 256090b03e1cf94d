-- Which process runs which shard of Discord's gateway, where several share one store, and the session that the next one takes up.
CREATE TABLE process (
  shard    bigint           NOT NULL PRIMARY KEY,
  shards   bigint           NOT NULL,
  owner    text COLLATE "C" NOT NULL,
  until    bigint           NOT NULL,
  session  text COLLATE "C" NOT NULL,
  sequence bigint           NOT NULL,
  resume   text COLLATE "C" NOT NULL,
  wanted   text COLLATE "C" NOT NULL
);
