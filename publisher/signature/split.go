package signature

import (
	"fmt"
	"strings"
)

// split cuts `name="value",name=value` into a map of lower-case names. Spaces around a parameter or
// its "=", quotes left out, escapes inside quotes and a comma at the end are all met in the wild
// and read; a name that occurs twice, in whatever case, is refused, because two readers would
// believe two different ones.
func split(header string) (map[string]string, error) {
	values := map[string]string{}
	for rest := strings.Trim(header, " \t"); rest != ""; {
		name, after, ok := strings.Cut(rest, "=")
		name = strings.ToLower(strings.Trim(name, " \t"))
		if !ok || !isName(name) {
			return nil, fmt.Errorf("%w: %.40q is not a parameter", ErrMalformed, rest)
		}
		if _, twice := values[name]; twice {
			return nil, fmt.Errorf("%w: the parameter %.40s occurs twice", ErrMalformed, name)
		}
		value, after, err := cutValue(strings.TrimLeft(after, " \t"))
		if err != nil {
			return nil, err
		}
		values[name] = value
		if rest, err = cutComma(after); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// cutValue reads one value, quoted or bare, and returns what follows it.
func cutValue(s string) (value, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ", \t")
		if end < 0 {
			end = len(s)
		}
		if strings.Contains(s[:end], `"`) {
			return "", "", fmt.Errorf("%w: a quote inside %.40q", ErrMalformed, s[:end])
		}
		return checkValue(s[:end], s[end:])
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return checkValue(b.String(), s[i+1:])
		case '\\':
			if i++; i == len(s) {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", fmt.Errorf("%w: a quote is not closed", ErrMalformed)
}

// checkValue refuses what no parameter needs: control characters, which would forge lines of the
// signed string, and all beyond ASCII.
func checkValue(value, rest string) (string, string, error) {
	for i := range len(value) {
		if value[i] < ' ' || value[i] >= 0x7f {
			return "", "", fmt.Errorf("%w: a parameter has the byte %#x", ErrMalformed, value[i])
		}
	}
	return value, rest, nil
}

// cutComma steps over the comma between two parameters.
func cutComma(s string) (string, error) {
	s = strings.TrimLeft(s, " \t")
	if s != "" && s[0] != ',' {
		return "", fmt.Errorf("%w: %.40q follows a parameter", ErrMalformed, s)
	}
	return strings.TrimLeft(strings.TrimPrefix(s, ","), " \t"), nil
}

func isName(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return s != ""
}
