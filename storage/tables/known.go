package tables

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"archivist"
)

// lookUpQuery reads the state of a library and which of its articles have the keys and hashes of a list: pairs of a key and a hash in
// hexadecimal, "" where there is none. Its columns are what a row is about, the key, the article, its own key, its hash, the channels that it is
// private to, and a number: the library's version, where the article is the next one.
//
// Each of the list is looked up by itself, through an index (TestPutsDoNotReadTheLibrary): with IN (SELECT …) SQLite reads the whole library
// every time, and without INDEXED BY for a hash too; PostgreSQL may do so as long as it knows little of the table, but for OFFSET 0.
const lookUpQuery = `SELECT 0, '', next, '', NULL, '', version FROM library WHERE id = ?1
	UNION ALL SELECT 1, a.key` + eachArticle + ` INDEXED BY article_key WHERE a.library = ?1 AND a.key = r.value ->> 0 /* OFFSET 0) a */
	UNION ALL SELECT 2, r.value ->> 0` + eachArticle + ` WHERE a.library = ?1 AND a.id = (SELECT l.article FROM link l WHERE l.library = ?1 AND l.key = r.value ->> 0) /* OFFSET 0) a */
	UNION ALL SELECT 3, ''` + eachArticle + ` INDEXED BY article_hash WHERE a.library = ?1 AND a.hash = unhex(r.value ->> 1) /* OFFSET 0) a */
	ORDER BY 1, 3`

const eachArticle = `, a.id, a.key, a.hash, a.channels, 0 FROM json_each(?2) r CROSS JOIN /* LATERAL (SELECT * FROM */ article a`

// A knownArticle is one that is stored, or will be with this transaction.
type knownArticle struct {
	id       archivist.ArticleID
	key      string // its own
	hash     [32]byte
	channels []string // that alone see it; none is everybody
}

// known is what a transaction knows of the articles of its library: those whose keys or hashes it has to do with.
type known struct {
	byKey  map[string]*knownArticle // their own keys, and links
	links  map[string]bool          // keys of links alone
	byHash map[[32]byte][]*knownArticle
}

// cleanKeys gives a copy of puts in which keys are as they are stored.
func cleanKeys(puts []archivist.Put) []archivist.Put {
	puts = slices.Clone(puts)
	for i := range puts {
		puts[i].Article.Key, puts[i].CopyOf = cleanText(puts[i].Article.Key), cleanText(puts[i].CopyOf)
		puts[i].Links = slices.Clone(puts[i].Links)
		for j, key := range puts[i].Links {
			puts[i].Links[j] = cleanText(key)
		}
	}
	return puts
}

// lookUp reads all that putting articles needs to know of what is stored, whatever their number, in one query.
func (w *articleWriter) lookUp(puts []archivist.Put) (known, error) {
	k := known{byKey: map[string]*knownArticle{}, links: map[string]bool{}, byHash: map[[32]byte][]*knownArticle{}}
	list := make([][2]string, 0, len(puts))
	for _, put := range puts {
		list = append(list, [2]string{put.Article.Key, hex.EncodeToString(put.Hash[:])})
		if put.CopyOf != "" {
			list = append(list, [2]string{put.CopyOf})
		}
		for _, key := range put.Links {
			list = append(list, [2]string{key})
		}
	}
	packed, err := json.Marshal(list)
	if err != nil {
		return k, err
	}
	byID := map[archivist.ArticleID]*knownArticle{}
	err = w.rows(lookUpQuery, []any{w.library, string(packed)}, func(scan Scan) error {
		var about int
		var key, own, channels string
		var id archivist.ArticleID
		var hash []byte
		var version uint64
		if err := scan(&about, &key, &id, &own, &hash, &channels, &version); err != nil {
			return err
		}
		if about == 0 {
			w.version, w.next = version, id
			return nil
		}
		a := byID[id]
		if a == nil {
			a = &knownArticle{id: id, key: own, channels: strings.Fields(channels)}
			copy(a.hash[:], hash)
			byID[id] = a
			k.byHash[a.hash] = append(k.byHash[a.hash], a)
		}
		if about != 3 && k.byKey[key] == nil { // its own key comes before a link
			k.byKey[key] = a
		}
		k.links[key] = k.links[key] || about == 2
		return nil
	})
	return k, err
}

// original is the article that has the text of a put, to the last word or as the Engine says; nil if there is none.
func (k known) original(put archivist.Put) *knownArticle {
	if same := k.byHash[put.Hash]; len(same) > 0 {
		return same[0]
	}
	if put.CopyOf != "" {
		return k.byKey[put.CopyOf]
	}
	return nil
}

// hostOf is the host that a key begins with.
func hostOf(key string) string {
	host, _, _ := strings.Cut(key, "/")
	return host
}

func (k known) add(a *knownArticle, key string) *knownArticle {
	k.byKey[key] = a
	k.byHash[a.hash] = append(k.byHash[a.hash], a)
	return a
}

// link notes a further key; false says that there is such a link.
func (k known) link(a *knownArticle, key string) bool {
	if k.links[key] {
		return false
	}
	k.links[key] = true
	if k.byKey[key] == nil {
		k.byKey[key] = a
	}
	return true
}

func (k known) unlink(key string) {
	delete(k.links, key)
	delete(k.byKey, key)
}

func (k known) rehash(a *knownArticle, hash [32]byte) {
	k.byHash[a.hash] = slices.DeleteFunc(k.byHash[a.hash], func(other *knownArticle) bool { return other == a })
	a.hash = hash
	k.byHash[hash] = append(k.byHash[hash], a)
}
