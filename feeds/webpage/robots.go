package webpage

import (
	"bytes"
	"strings"
)

const (
	maxRobots = 500 << 10 // bytes; RFC 9309 §2.5 wants no less
	maxRules  = 2000
)

// Robots is what a robots.txt asks of one agent. The zero value allows everything.
type Robots struct {
	rules   []robotsRule
	nothing bool
}

type robotsRule struct {
	pattern string // "*" is anything, "$" at its end is the end
	allow   bool
}

// NoRobots allows nothing: what a site means whose robots.txt cannot be had (RFC 9309 §2.3.1.4).
var NoRobots = Robots{nothing: true}

// ReadRobots reads a robots.txt for an agent, whose name is in lower case. What is no rule is no
// obstacle; a site with more than 2,000 rules allows nothing, as they cannot all be kept.
func ReadRobots(body []byte, agent string) Robots {
	var ours, everyones Robots
	named := false                      // there is a group for the agent
	inOurs, inEveryones := false, false // who the open group is for
	opened := false                     // the open group has no rule yet
	body = bytes.TrimPrefix(body[:min(len(body), maxRobots)], []byte("\xef\xbb\xbf"))
	for raw := range strings.FieldsFuncSeq(string(body), func(r rune) bool { return r == '\n' || r == '\r' }) {
		field, value := robotsLine(raw)
		switch field {
		case "user-agent":
			if !opened {
				inOurs, inEveryones, opened = false, false, true
			}
			inOurs = inOurs || strings.EqualFold(product(value), agent)
			inEveryones = inEveryones || value == "*"
			named = named || inOurs
		case "allow", "disallow":
			opened = false
			rule := robotsRule{value, field == "allow"}
			ours.add(rule, inOurs)
			everyones.add(rule, inEveryones)
		}
	}
	if named {
		return ours
	}
	return everyones
}

// robotsLine is a line's field and value, without its comment.
func robotsLine(raw string) (field, value string) {
	raw, _, _ = strings.Cut(raw, "#")
	field, value, _ = strings.Cut(raw, ":")
	return strings.ToLower(strings.TrimSpace(field)), strings.TrimSpace(value)
}

// product is the name that a user-agent line begins with: of "Bloghorn/1.0" the first part.
func product(value string) string {
	end := strings.IndexFunc(value, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '-')
	})
	if end < 0 {
		return value
	}
	return value[:end]
}

func (r *Robots) add(rule robotsRule, is bool) {
	switch {
	case !is || rule.pattern == "": // an empty rule matches nothing
	case len(r.rules) == maxRules:
		*r = Robots{rules: r.rules, nothing: true}
	default:
		r.rules = append(r.rules, rule)
	}
}

// Allow says whether the agent may ask for path, which is an escaped path with its query. The
// longest rule decides, and of two equally long ones the one that allows (RFC 9309 §2.2.2).
func (r Robots) Allow(path string) bool {
	longest, allowed := -1, !r.nothing
	for _, rule := range r.rules {
		n := len(rule.pattern)
		if r.nothing || n < longest || n == longest && !rule.allow || !matches(rule.pattern, path) {
			continue
		}
		longest, allowed = n, rule.allow
	}
	return allowed
}

// matches takes each part between stars where it occurs first, which is enough for patterns without
// other wildcards.
func matches(pattern, path string) bool {
	pattern, toEnd := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(path, parts[0]) {
		return false
	}
	path = path[len(parts[0]):]
	for i, part := range parts[1:] {
		if toEnd && i == len(parts)-2 {
			return strings.HasSuffix(path, part)
		}
		at := strings.Index(path, part)
		if at < 0 {
			return false
		}
		path = path[at+len(part):]
	}
	return !toEnd || path == ""
}
