package signature

import "strings"

// doubled finds a name that occurs twice in a dictionary of structured fields that has been parsed
// without error: a key of the dictionary, or a parameter of one item. It is "" where there is none.
// Parsers overwrite the first with the last in silence.
func doubled(field string) string {
	keys, params := map[string]bool{}, map[string]bool{}
	inside, atKey := false, true // inside a list; where a key of the dictionary begins
	for i := 0; i < len(field); {
		switch c := field[i]; {
		case atKey && isKeyStart(c):
			name := keyAt(field[i:])
			if keys[name] {
				return name
			}
			keys[name], atKey = true, false
			clear(params)
			i += len(name)
		case c == '"':
			i += quotedLength(field[i:])
		case c == ';':
			rest := strings.TrimLeft(field[i+1:], " ")
			name := keyAt(rest)
			if params[name] {
				return name
			}
			params[name] = true
			i = len(field) - len(rest) + len(name)
		default:
			if c == '(' || c == ')' || c == ' ' && inside {
				clear(params) // of another item now
			}
			inside = (inside || c == '(') && c != ')'
			atKey = !inside && (c == ',' || atKey)
			i++
		}
	}
	return ""
}

// keyAt is the key that s begins with.
func keyAt(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("_-.*", r))
	})
	if end < 0 {
		return s
	}
	return s[:end]
}

func isKeyStart(c byte) bool { return c >= 'a' && c <= 'z' || c == '*' }

// quotedLength is how long the string is that s begins with, its quotes included.
func quotedLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}
