package gateway

import "strconv"

// rights are Discord's permission bits.
type rights uint64

// The rights that matter to us.
const (
	rightAdministrator rights = 1 << 3
	rightManageGuild   rights = 1 << 5
	rightView          rights = 1 << 10
	rightSend          rights = 1 << 11
	rightEmbed         rights = 1 << 14
	rightAttach        rights = 1 << 15
	rightHistory       rights = 1 << 16
	rightOpenThreads   rights = 1 << 35
	rightThreads       rights = 1 << 38 // to send in threads
	rightExternalApps  rights = 1 << 50
	allRights          rights = 1<<53 - 1
	rightsInTimeout           = rightView | rightHistory // what a timeout leaves
)

// has reports whether all of want are among r.
func (r rights) has(want rights) bool { return r&want == want }

// parseRights reads the decimal number that Discord sends; anything else is no right at all.
func parseRights(text string) rights {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return rights(n)
}

// An overwrite changes in one channel what a role or a member may.
type overwrite struct {
	id          string
	member      bool
	allow, deny rights
}

// overwritten applies a channel's overwrites in Discord's order: @everyone's, then those of the roles together, then the member's.
// guild is also the id of @everyone; member "" stands for nobody in particular.
func (r rights) overwritten(list []overwrite, guild, member string, roles []string) rights {
	var allow, deny rights
	for _, o := range list {
		switch {
		case o.member:
		case o.id == guild:
			r = r&^o.deny | o.allow
		default:
			for _, role := range roles {
				if o.id == role {
					allow, deny = allow|o.allow, deny|o.deny
				}
			}
		}
	}
	r = r&^deny | allow
	for _, o := range list {
		if o.member && o.id == member && member != "" {
			r = r&^o.deny | o.allow
		}
	}
	return r
}
