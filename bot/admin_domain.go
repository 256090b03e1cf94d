package bot

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"archivist"

	"golang.org/x/net/idna"
)

// What /admin domain does with a site.
const (
	ruleAllow = "allow"
	ruleBlock = "block"
)

var domainName = regexp.MustCompile(`^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$`)

func isDomain(name string) bool { return len(name) <= 253 && domainName.MatchString(name) }

// bareDomain is what people mean who paste an address where a site's name is asked for, as the addresses of articles have it: münchen.de is
// xn--mnchen-3ya.de.
func bareDomain(typed string) string {
	s := strings.ToLower(strings.TrimSpace(typed))
	if _, rest, found := strings.Cut(s, "://"); found {
		s = rest
	}
	s, _, _ = strings.Cut(s, "/")
	s = strings.TrimPrefix(strings.Trim(s, "."), "www.")
	if ascii, err := idna.Lookup.ToASCII(s); err == nil {
		return ascii
	}
	return s
}

// onDomain reports whether an address lies on a domain or below it.
func onDomain(address, domain string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	return host == domain || strings.HasSuffix(host, "."+domain)
}

func (b *Bot) domainAllow(ctx context.Context, r Request) (Card, error) {
	return b.domainRule(ctx, r, ruleAllow, "domain.allow", "admin.allow")
}

func (b *Bot) domainBlock(ctx context.Context, r Request) (Card, error) {
	return b.domainRule(ctx, r, ruleBlock, "domain.block", "admin.block")
}

func (b *Bot) domainClear(ctx context.Context, r Request) (Card, error) {
	return b.domainRule(ctx, r, "", "domain.clear", "admin.clear")
}

// domainRule sets the rule of a site, or takes it away.
func (b *Bot) domainRule(ctx context.Context, r Request, rule, verb, said string) (Card, error) {
	domain := bareDomain(r.Options["domain"])
	if !isDomain(domain) {
		return notice(KindNotice, r, "admin.nodomain", short(r.Options["domain"], maxEcho)), nil
	}
	if err := b.rules.SetSetting(ctx, r.Library, archivist.SettingDomain+domain, rule, r.act(verb, domain, "", "")); err != nil {
		return Card{}, err
	}
	return notice(KindNotice, r, said, domain), nil
}

func (b *Bot) domainList(ctx context.Context, r Request) (Card, error) {
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	var rules []string
	for key, rule := range settings {
		if domain, ok := strings.CutPrefix(key, archivist.SettingDomain); ok {
			rules = append(rules, LocalName(r.Locale, rule)+" "+domain)
		}
	}
	slices.Sort(rules)
	return b.pages(ctx, r, say(r.Locale, "admin.rules"), "admin.norules", func(skip, n int) (lines []Block, err error) {
		for _, rule := range rules[min(skip, len(rules)):min(skip+n, len(rules))] {
			lines = append(lines, line(plain(rule)))
		}
		return lines, nil
	})
}
