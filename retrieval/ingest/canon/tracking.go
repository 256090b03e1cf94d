package canon

import "strings"

// Parameters that tell where a reader came from and change nothing on the page. A name that means something on some site does not
// belong here ("ref", "source", "from", "s", "share", and "rss", which on some sites is what makes a page the feed): the page's own canonical address drops those where they mean nothing.
var (
	trackingPrefixes = strings.Fields(`utm_ hsa_ mtm_ pk_ piwik_ at_ ns_`)
	trackingNames    = setOf(`mc_cid mc_eid fbclid gclid dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igsh igshid li_fat_id
		epik s_kwcid _hsenc _hsmi hsctatracking mkt_tok vero_id oly_anon_id oly_enc_id wickedid srsltid cmpid cmp ito ncid ocid smid
		smtyp sr_share share_id guccounter guce_referrer guce_referrer_sig _ga _gl __twitter_impression taid`)
)

func setOf(names string) map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(names) {
		set[name] = true
	}
	return set
}

func tracks(name string) bool {
	name = strings.ToLower(name)
	for _, prefix := range trackingPrefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return trackingNames[name]
}

// cleanQuery drops tracking and empty parameters from a query that went through Escape. The others keep their order and spelling: a server may care.
func cleanQuery(query string) string {
	var kept []string
	for parameter := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(parameter, "=")
		if parameter != "" && !tracks(name) {
			kept = append(kept, parameter)
		}
	}
	return strings.Join(kept, "&")
}
