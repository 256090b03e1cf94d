package bot

import (
	"fmt"
	"strings"

	"archivist"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// catalogues hold every sentence the bot says, by language and key. English has every key; another language may lack none (a test).
// A sentence's arguments are fmt verbs with their numbers, so that a translation may turn their order.
var catalogues = map[string]map[string]string{"en": english}

// say is the sentence of a key in the language of a locale ("de", "en-US"), English where there is no catalogue.
func say(locale, key string, args ...any) string {
	lang, _, _ := strings.Cut(locale, "-")
	sentence, ok := catalogues[lang][key]
	if !ok {
		sentence, ok = english[key]
	}
	if !ok {
		sentence = key // a test finds keys that are missing; the key is better than nothing
	}
	if len(args) == 0 {
		return sentence
	}
	return fmt.Sprintf(sentence, args...)
}

// languageName is the name of an article's language, "" where it is not known.
func languageName(_, tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil || parsed == language.Und {
		return ""
	}
	return display.English.Languages().Name(parsed)
}

// explain says why, and what to do about it.
func explain(locale string, code archivist.Code) (what, way string) {
	if _, ok := english["why."+string(code)]; !ok {
		code = archivist.Internal
	}
	return say(locale, "why."+string(code)), say(locale, "way."+string(code))
}

var english = map[string]string{
	// Commands and their options, as Discord lists them: at most 100 characters.
	"command.ask":              "Answer a question from the stored articles, word for word",
	"option.ask.question":      "Your question, in your own words",
	"option.ask.private":       "Only you see the answer",
	"command.add":              "Store the article behind a link",
	"option.add.url":           "The article's address",
	"command.article":          "Show a stored article, or the newest ones",
	"option.article.title":     "Its number, its address or words of its title",
	"option.article.private":   "Only you see it",
	"command.sources":          "What is stored here: sites, and how many articles of each",
	"command.help":             "What I can do, and how",
	"command.Add this article": "Store the articles that a message links to",
	"command.Answer this":      "Answer the question in a message, for your eyes only",
	"command.admin":            "For moderators: what is stored, and what may be",
	"command.admin remove":     "Remove an article for good",

	"option.admin remove.article":  "Its number (as /admin list shows) or its address",
	"command.admin list":           "List the stored articles, newest first",
	"option.admin list.before":     "Begin below this number",
	"command.admin channel":        "How I take part in a channel",
	"option.admin channel.mode":    "off: silent; mention: when spoken to; links: posted links are stored too",
	"option.admin channel.channel": "The channel; this one if left out",
	"command.admin domain":         "Which sites articles may come from",
	"option.admin domain.rule":     "allow, block, clear a rule, or list the rules",
	"option.admin domain.domain":   "A site, such as example.org, with all below it",

	// Labels.
	"button.open": "Open source",
	"button.more": "More context",
	"button.less": "Less context",

	"answer.closest":   "I am not sure. This is the closest passage:",
	"note.read":        "Read “%[1]s” as “%[2]s”.",
	"note.loose":       "No passage has “%[1]s” word for word. Without the quotation marks:",
	"note.filtered":    "No article that the question’s filters let in has any of its words.",
	"answer.refusal":   "I found nothing in this library that answers that.",
	"answer.nearest":   "The nearest headlines:",
	"cite.by":          "By %[1]s",
	"cite.also":        "The same stands in",
	"cite.old":         "⚠ from %[1]s",
	"cite.undated":     "date unknown",
	"card.gone":        "This card is no longer stored. Ask again with /ask.",
	"card.gone_since":  "This card is of %[1]s and no longer stored. Ask again with /ask.",
	"card.changed":     "The article has changed since this answer. Ask again with /ask.",
	"card.left":        "That article has left the library.",
	"card.unknown":     "I do not know this button: it belongs to another version of me. Ask again with /ask.",
	"article.none":     "No stored article matches %[1]q. /article alone lists the newest.",
	"article.empty":    "Nothing is stored here yet. /add brings in the first article.",
	"article.newest":   "The newest articles",
	"article.matches":  "Articles with %[1]q in their title",
	"article.number":   "Number",
	"article.added":    "Stored",
	"article.size":     "Length",
	"article.words":    "%[1]d words in %[2]d paragraphs",
	"article.language": "Language",
	"article.date":     "Published",
	"article.authors":  "By",

	"add.queued":    "In the queue …",
	"add.fetching":  "Fetching the page …",
	"add.reading":   "Reading the article …",
	"add.storing":   "Storing the article …",
	"add.added":     "Stored. You can ask about it now.",
	"add.updated":   "This article was stored before. Its text had changed: the new one is in its place.",
	"add.unchanged": "This article is stored already, word for word. Nothing was changed.",
	"add.duplicate": "The same text is stored already, under another address. I keep both links for it.",
	"add.waiting":   "I will try again:",
	"add.restart":   "I am restarting. The link is safe in the queue and will be read soon.",
	"add.nolink":    "I see no link in that message. A link begins with http:// or https://.",
	"add.line":      "%[1]s: %[2]s",
	"add.many":      "Links",

	"sources.title":  "What is stored here",
	"sources.line":   "%[1]s: %[2]s, newest of ",
	"sources.more":   "and %[1]d more sites",
	"count.article":  "1 article",
	"count.articles": "%[1]d articles",

	"admin.removed":  "Removed: %[1]s",
	"admin.list":     "Stored articles",
	"admin.older":    "Older ones: /admin list before:%[1]d",
	"admin.off":      "I am silent in that channel now. Commands still work.",
	"admin.mention":  "In that channel I answer when I am mentioned.",
	"admin.links":    "Links posted in that channel are stored from now on.",
	"admin.noreads":  "Links posted there cannot be read yet, as the Message Content intent is off. Whoever runs this bot switches it on in the Developer Portal (Bot, Privileged Gateway Intents), sets discord.message_content = true, and starts it again.",
	"admin.nowhere":  "Here is no channel. Name one.",
	"admin.allow":    "Articles from %[1]s are let in. As one site is allowed, all that are not are kept out.",
	"admin.block":    "Articles from %[1]s are kept out from now on. What is stored stays; /admin remove takes it away.",
	"admin.clear":    "There is no rule for %[1]s any more.",
	"admin.norules":  "There are no rules: articles may come from every site.",
	"admin.rules":    "Rules for sites",
	"admin.nodomain": "%[1]q is no site. Write a name such as example.org.",

	"help.title":   "What I can do",
	"help.intro":   "I answer from the articles stored here, word for word, and say where from. What they do not hold, I do not know.",
	"help.menu":    "on a message: its menu, Apps",
	"help.mention": "Mention me with a question to ask it, or with a link to store it.",
	"help.short":   "Mention me with a question, or with a link to an article.\n/help lists all that I can do.",

	"error.command":  "I do not know this command (any more). /help lists all that I can do.",
	"error.rights":   "Only who may manage this server can do that.",
	"error.incident": "Incident %[1]s",
	"error.usage":    "Say more: %[1]s",
	"error.busy":     "Too much is going on at once. Try again in 5 seconds.",
	"error.stopping": "I am restarting. Ask again in a moment.",
	"error.late":     "I was busy for a moment and saw your request too late. Please ask again.",

	// Why something did not work, and the way on: one pair for each archivist.Code (a test compares).
	"why.library":          "That is no library.",
	"way.library":          "Write guild:ID, user:ID or a name.",
	"why.question_empty":   "There is no question in that.",
	"way.question_empty":   "Ask in your own words, for example: When does the ferry run again?",
	"why.question_long":    "That question is too long: at most 1,000 characters.",
	"way.question_long":    "Ask for one thing at a time.",
	"why.question_common":  "That question is made of very common words only.",
	"way.question_common":  "Name what it is about: a place, a person, a thing.",
	"why.library_empty":    "Nothing is stored here yet.",
	"way.library_empty":    "Bring in a first article: /add and its link.",
	"why.setting":          "That setting cannot have this value.",
	"way.setting":          "Choose one of the values that the command offers.",
	"why.argument":         "Something in that command is not as I need it.",
	"way.argument":         "See /help for what it takes.",
	"why.limit":            "That is more than one may do here in a day.",
	"way.limit":            "Try again tomorrow, or ask a moderator.",
	"why.database_newer":   "My store was written by a newer version of me.",
	"way.database_newer":   "Whoever runs this bot has to update it.",
	"why.database_busy":    "My store is in use by somebody else right now.",
	"way.database_busy":    "Try again in a moment.",
	"why.database_full":    "My store is full, so I cannot keep anything new.",
	"way.database_full":    "Whoever runs this bot has to make room.",
	"why.database_exists":  "There is a store already.",
	"way.database_exists":  "Whoever runs this bot has to decide which to keep.",
	"why.database_foreign": "My store is not one that I wrote.",
	"way.database_foreign": "Whoever runs this bot has to look at its database option.",
	"why.backup":           "That backup cannot be read.",
	"way.backup":           "Try an older one.",
	"why.address_refused":  "That address leads into a private network.",
	"way.address_refused":  "I read only what is public.",
	"why.bad_url":          "That is no address of a page.",
	"way.bad_url":          "Copy the whole link from your browser; it begins with http:// or https://.",
	"why.scheme":           "I can only read addresses that begin with http:// or https://.",
	"way.scheme":           "Copy the link from your browser.",
	"why.port":             "I do not read pages on that port.",
	"way.port":             "Use the page's usual address.",
	"why.userinfo":         "That address holds a name or a password.",
	"way.userinfo":         "Leave them out of the link, and change the password: others have seen it.",
	"why.robots":           "That site asks not to be read by programs (robots.txt).",
	"way.robots":           "I keep to that. Another site may have the same story.",
	"why.forbidden":        "That site does not let me in.",
	"way.forbidden":        "Another site may have the same story.",
	"why.gone":             "There is no page at that address (any more).",
	"way.gone":             "Check the link in your browser.",
	"why.busy":             "That site is busy.",
	"way.busy":             "Try again later.",
	"why.server":           "That site has an error of its own.",
	"way.server":           "Try again later.",
	"why.timeout":          "That site did not answer in time.",
	"way.timeout":          "Try again later.",
	"why.network":          "That site cannot be reached.",
	"way.network":          "Check the link, or try again later.",
	"why.tls":              "The connection to that site is not safe.",
	"way.tls":              "Try again later; its certificate may be out of date.",
	"why.dns":              "There is no site of that name.",
	"way.dns":              "Check how the address is spelled.",
	"why.too_large":        "That page is too large.",
	"way.too_large":        "Add the single article rather than a collection.",
	"why.too_slow":         "That page came too slowly.",
	"way.too_slow":         "Try again later.",
	"why.bad_encoding":     "That page came damaged.",
	"way.bad_encoding":     "Try again later.",
	"why.too_deep":         "That page is nested too deeply to be read.",
	"way.too_deep":         "Look for its print version.",
	"why.too_complex":      "That page is too complicated to be read.",
	"way.too_complex":      "Look for its print version.",
	"why.type":             "That is no article but another kind of file.",
	"way.type":             "Add a page with text.",
	"why.scan":             "That file holds pictures of pages, not text.",
	"way.scan":             "Look for a version with text that can be selected.",
	"why.consent":          "That page shows a consent form instead of its article.",
	"way.consent":          "Look for another address of the article.",
	"why.paywall":          "The article is behind a paywall.",
	"way.paywall":          "Another site may have the same story.",
	"why.listing":          "That page is a list of articles rather than one.",
	"way.listing":          "Open the article you mean, and add that link.",
	"why.empty":            "I found no article on that page.",
	"way.empty":            "Open the article itself and add that link. Pages that need JavaScript stay empty for me.",
	"why.cap":              "As much as is allowed was brought in already.",
	"way.cap":              "Try again tomorrow.",
	"why.domain_blocked":   "The moderators here keep that site out.",
	"way.domain_blocked":   "Ask them; /admin domain changes it.",
	"why.internal":         "Something broke here.",
	"way.internal":         "Try again. If it stays so, tell whoever runs this bot the number below.",
}
