package extract

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// An ldArticle is what JSON-LD says of the article.
type ldArticle struct {
	headline, published, modified, publisher, language, url, section, image, body string
	authors, tags                                                                 []string
	words                                                                         int
	paywalled, listing                                                            bool
}

const (
	maxLDBytes = 1 << 20
	maxLDDepth = 32
	maxLDNodes = 10_000
)

// readLD finds the article among all JSON-LD of a page: graphs, arrays, nested, references. Of several the first that fits the page by its
// headline or address is taken, else the first with a headline. Broken blocks are read leniently or left out.
func readLD(doc *html.Node, fits func(headline, address string) bool) ldArticle {
	var found ldArticle
	var articles []map[string]any
	ids, lists := map[string]map[string]any{}, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "script" || !strings.Contains(strings.ToLower(attribute(n, "type")), "ld+json") || n.FirstChild == nil {
			continue
		}
		value, ok := lenientJSON(n.FirstChild.Data)
		if !ok {
			continue
		}
		budget := maxLDNodes
		eachObject(value, 0, &budget, func(object map[string]any) {
			if id, ok := object["@id"].(string); ok && len(object) > 1 {
				ids[id] = object
			}
			types := texts(object["@type"])
			switch {
			case slices.ContainsFunc(types, isArticleType):
				articles = append(articles, object)
				if free, ok := object["isAccessibleForFree"]; ok {
					found.paywalled = found.paywalled || free == false || strings.EqualFold(text(free), "false")
				}
			case slices.Contains(types, "CollectionPage") || slices.Contains(types, "ItemList"):
				lists++
			}
		})
	}
	found.listing = len(articles) == 0 && lists > 0
	headlineOf := func(o map[string]any) string { return field(text(o["headline"]), text(o["name"])) }
	best := slices.IndexFunc(articles, func(o map[string]any) bool { return fits(headlineOf(o), text(o["url"])) })
	if best < 0 {
		best = slices.IndexFunc(articles, func(o map[string]any) bool { return headlineOf(o) != "" })
	}
	if best < 0 && len(articles) > 0 {
		best = 0
	}
	if best >= 0 {
		found.fill(articles[best], ids)
	}
	return found
}

func isArticleType(t string) bool {
	return strings.HasSuffix(t, "Article") || t == "BlogPosting" || t == "LiveBlogPosting" || t == "Report" || t == "SocialMediaPosting"
}

// fill reads the fields of an object; what it names by its @id alone is looked up in ids.
func (a *ldArticle) fill(object map[string]any, ids map[string]map[string]any) {
	known := func(v any) []any {
		all := slices.Clone(list(v))
		for i, one := range all {
			if reference, ok := one.(map[string]any); ok && len(reference) <= 2 && ids[text(reference["@id"])] != nil {
				all[i] = ids[text(reference["@id"])]
			}
		}
		return all
	}
	a.headline = field(text(object["headline"]), text(object["name"]))
	a.published, a.modified = text(object["datePublished"]), text(object["dateModified"])
	a.publisher = nameOf(known(object["publisher"]))
	a.language = text(object["inLanguage"])
	a.url = field(text(object["url"]), text(object["mainEntityOfPage"]))
	a.section = text(object["articleSection"])
	a.body = text(object["articleBody"])
	a.tags = texts(object["keywords"])
	for _, one := range known(object["image"]) {
		if picture, ok := one.(map[string]any); ok {
			one = field(text(picture["url"]), text(picture["contentUrl"]))
		}
		if a.image = text(one); a.image != "" {
			break
		}
	}
	if n, ok := object["wordCount"].(float64); ok && n > 0 && n < 1e7 {
		a.words = int(n)
	}
	for _, author := range known(object["author"]) {
		if object, ok := author.(map[string]any); ok && slices.Contains(texts(object["@type"]), "Organization") {
			continue
		}
		if name := nameOf(author); name != "" {
			a.authors = append(a.authors, name)
		}
	}
}

// text is a value as text: itself, or the first of a list.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		if len(v) > 0 {
			return text(v[0])
		}
	case map[string]any:
		for _, key := range []string{"@value", "@id"} {
			if s, ok := v[key].(string); ok {
				return s
			}
		}
	}
	return ""
}

func texts(v any) (all []string) {
	for _, one := range list(v) {
		if s, ok := one.(string); ok {
			all = append(all, strings.TrimPrefix(strings.TrimPrefix(s, "http://schema.org/"), "https://schema.org/"))
		}
	}
	return all
}

func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func nameOf(v any) string {
	for _, one := range list(v) {
		if object, ok := one.(map[string]any); ok {
			if name := text(object["name"]); name != "" {
				return name
			}
			continue
		}
		if s, ok := one.(string); ok {
			return s
		}
	}
	return ""
}

// eachObject calls visit for every object in a value, outer ones first.
func eachObject(v any, depth int, budget *int, visit func(map[string]any)) {
	if *budget--; depth > maxLDDepth || *budget < 0 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			eachObject(one, depth+1, budget, visit)
		}
	case map[string]any:
		visit(v)
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			if key != "articleBody" {
				eachObject(v[key], depth+1, budget, visit)
			}
		}
	}
}

var (
	cdata         = regexp.MustCompile(`^\s*(//)?\s*(<!\[CDATA\[|<!--)|(//)?\s*(\]\]>|-->)\s*;?\s*$`)
	trailingComma = regexp.MustCompile(`,(\s*[}\]])`)
)

// lenientJSON reads JSON as pages write it: raw newlines and tabs within strings, trailing commas, comments, CDATA around it, HTML-escaped quotes,
// and several values in a row, of which it takes all.
func lenientJSON(raw string) (any, bool) {
	if len(raw) > maxLDBytes || depthOf(raw) > 4*maxLDDepth {
		return nil, false
	}
	raw = strings.TrimSpace(cdata.ReplaceAllString(raw, ""))
	for _, attempt := range []func(string) string{
		func(s string) string { return s },
		func(s string) string { return trailingComma.ReplaceAllString(escapeControls(withoutComments(s)), "$1") },
		func(s string) string {
			return trailingComma.ReplaceAllString(escapeControls(withoutComments(html.UnescapeString(s))), "$1")
		},
	} {
		decoder := json.NewDecoder(strings.NewReader(attempt(raw)))
		var values []any
		for decoder.More() && len(values) < 50 {
			var v any
			if err := decoder.Decode(&v); err != nil {
				break
			}
			values = append(values, v)
		}
		if len(values) > 0 {
			return values, true
		}
	}
	return nil, false
}

// depthOf is how deep brackets nest, strings not counted apart: enough to refuse what would cost the decoder its stack.
func depthOf(s string) (deepest int) {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
	}
	return deepest
}

// escapeControls writes raw control characters within strings as JSON wants them.
func escapeControls(s string) string {
	var b strings.Builder
	inside, escaped := false, false
	for _, r := range s {
		switch {
		case escaped:
			escaped = false
		case inside && r == '\\':
			escaped = true
		case r == '"':
			inside = !inside
		case inside && r < 0x20:
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// withoutComments drops what stands in /* */ and behind // outside of strings.
func withoutComments(s string) string {
	var b strings.Builder
	inside := false
	for i := 0; i < len(s); i++ {
		end := ""
		switch {
		case inside && s[i] == '\\' && i+1 < len(s):
			b.WriteByte(s[i])
			i++
		case s[i] == '"':
			inside = !inside
		case !inside && strings.HasPrefix(s[i:], "/*"):
			end = "*/"
		case !inside && strings.HasPrefix(s[i:], "//"):
			end = "\n"
		}
		if end == "" {
			b.WriteByte(s[i])
			continue
		}
		at := strings.Index(s[i+2:], end)
		if at < 0 {
			break
		}
		i += 2 + at + len(end) - 1
	}
	return b.String()
}
