package bot

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"archivist"
)

// What /admin domain does with a site.
const (
	ruleAllow = "allow"
	ruleBlock = "block"
	ruleClear = "clear"
	ruleList  = "list"
)

// ruleKeys and modeKeys are the sentences that tell of a change.
var (
	ruleKeys = map[string]string{ruleAllow: "admin.allow", ruleBlock: "admin.block", ruleClear: "admin.clear"}
	modeKeys = map[string]string{modeOff: "admin.off", modeMention: "admin.mention", modeLinks: "admin.links", modeAuto: "admin.auto"}
)

// rulesListed is how many rules one card shows.
const rulesListed = 50

func (b *Bot) adminRemove(ctx context.Context, r Request) (Card, error) {
	wanted := strings.TrimSpace(r.Options["article"])
	found, err := b.find(ctx, r, wanted)
	if err != nil {
		return Card{}, err
	}
	// Words of a title may find an article, but only a number or an address is clear enough to remove one.
	exact := len(found) == 1 && (strings.TrimPrefix(wanted, "#") == strconv.FormatInt(int64(found[0].ID), 10) || sameAddress(found[0].URL, wanted))
	if !exact {
		return notice(KindNotice, r, "article.none", short(wanted, maxEcho)), nil
	}
	h := found[0]
	if err := b.remover.Remove(ctx, r.Library, h.ID, r.act("article.remove", strconv.FormatInt(int64(h.ID), 10), h.URL, "")); err != nil {
		return Card{}, err
	}
	return notice(KindNotice, r, "admin.removed", short(h.Title, maxTitle)), nil
}

func (b *Bot) adminList(ctx context.Context, r Request) (Card, error) {
	before := int64(0)
	if typed := r.Options["before"]; typed != "" {
		var err error
		if before, err = strconv.ParseInt(strings.TrimPrefix(typed, "#"), 10, 64); err != nil || before < 1 {
			return Card{}, &archivist.Invalid{Code: archivist.InvalidArgument, Text: "before is the number of an article"}
		}
	}
	return b.list(ctx, r, say(r.Locale, "admin.list"), archivist.ArticleID(before))
}

func (b *Bot) adminChannel(ctx context.Context, r Request) (Card, error) {
	channel, wanted := r.Options["channel"], r.Options["mode"]
	if channel == "" {
		channel = r.Channel
	}
	if channel == "" {
		return notice(KindNotice, r, "admin.nowhere"), nil
	}
	if !slices.Contains(modes, wanted) {
		return Card{}, &archivist.Invalid{Code: archivist.InvalidSetting, Text: "mode is off, mention, links or auto"}
	}
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	value := wanted
	if wanted == modeMention {
		value = "" // the default takes no row
	}
	if err := b.rules.SetSetting(ctx, r.Library, modeKey(channel), value, r.act("channel.mode", channel, mode(settings, channel), wanted)); err != nil {
		return Card{}, err
	}
	c := notice(KindNotice, r, modeKeys[wanted])
	if (wanted == modeLinks || wanted == modeAuto) && !r.Reads {
		c.Body = append(c.Body, line(r.text("admin.noreads")))
	}
	return c, nil
}

var domainName = regexp.MustCompile(`^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$`)

func (b *Bot) adminDomain(ctx context.Context, r Request) (Card, error) {
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	rule := r.Options["rule"]
	if rule == ruleList {
		return domainRules(r, settings), nil
	}
	if !slices.Contains([]string{ruleAllow, ruleBlock, ruleClear}, rule) {
		return Card{}, &archivist.Invalid{Code: archivist.InvalidSetting, Text: "rule is allow, block, clear or list"}
	}
	domain := bareDomain(r.Options["domain"])
	if !domainName.MatchString(domain) || len(domain) > 253 {
		return notice(KindNotice, r, "admin.nodomain", short(r.Options["domain"], maxEcho)), nil
	}
	value := rule
	if rule == ruleClear {
		value = ""
	}
	key := archivist.SettingDomain + domain
	if err := b.rules.SetSetting(ctx, r.Library, key, value, r.act("domain."+rule, domain, settings[key], value)); err != nil {
		return Card{}, err
	}
	return notice(KindNotice, r, ruleKeys[rule], domain), nil
}

// bareDomain is what people mean who paste an address where a site's name is asked for.
func bareDomain(typed string) string {
	s := strings.ToLower(strings.TrimSpace(typed))
	if _, rest, found := strings.Cut(s, "://"); found {
		s = rest
	}
	s, _, _ = strings.Cut(s, "/")
	return strings.TrimPrefix(strings.Trim(s, "."), "www.")
}

func domainRules(r Request, settings map[string]string) Card {
	var rules []string
	for key, rule := range settings {
		if domain, ok := strings.CutPrefix(key, archivist.SettingDomain); ok {
			rules = append(rules, rule+" "+domain)
		}
	}
	if len(rules) == 0 {
		return notice(KindNotice, r, "admin.norules")
	}
	slices.Sort(rules)
	c := Card{Kind: KindList, Title: say(r.Locale, "admin.rules")}
	if len(rules) > rulesListed {
		c.Footer = say(r.Locale, "rules.more", len(rules)-rulesListed)
		rules = rules[:rulesListed]
	}
	c.Body = []Block{line(plain(strings.Join(rules, "\n")))}
	return c
}
