-- Whether the articles of the library are marked by what was learned: 0 while that is still to be done, whoever died meanwhile.
ALTER TABLE learned ADD COLUMN marked bigint NOT NULL DEFAULT 1;
