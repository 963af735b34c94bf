package feeds_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/web"
)

// TestKindsOfNumbersThatAreNoSetting: what is not meant by a number is refused, and nothing is taken for the default but its word.
func TestKindsOfNumbersThatAreNoSetting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, want string }{
		{"excerpt_length", "0", "from 50 to 500"}, {"excerpt_length", "00", "from 50 to 500"}, {"excerpt_length", "-0", "set post_summary to none"},
		{"excerpt_length", "49", "from 50 to 500"}, {"excerpt_length", "none", "from 50 to 500"}, {"excerpt_length", "50", ""},
		{"excerpt_length", "default", ""}, {"excerpt_length", "", ""},
		{"max_age", "4000d", ""}, {"max_age", "36501d", "too long; write at most 36500d"}, {"publish_delay", "4000d", "publish_delay takes at most"}, {"max_age", "-1d", "write 90s"}, {"max_age", "d", "write 90s"}, {"max_age", "99999999999999999999d", "at most 36500d"},
		{"publish_delay", "0s", ""}, {"max_age", "36500d", ""}, {"publish_delay", "1h30m", ""},
	} {
		var s settings.Settings
		err := s.Set(c.name, c.value)
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, web.ErrInvalid) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %q: %v, want %q", c.name, c.value, err, c.want)
		}
	}
}
