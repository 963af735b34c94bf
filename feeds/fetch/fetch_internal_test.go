package fetch

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/safehttp"
)

// TestKindsOfAddressesThatCannotBeReached: what is wrong with an address stands first.
func TestKindsOfAddressesThatCannotBeReached(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		says string
	}{
		{&net.DNSError{Err: "no such host", Name: "tea.exmaple", IsNotFound: true}, `E102 No server has the name "tea.exmaple", so the address`},
		{&net.DNSError{Err: "server misbehaving", Name: "tea.exmaple", IsTemporary: true}, "E102 The address https://tea.exmaple/feed could not be reached"},
		{fmt.Errorf("GET: %w: the scheme is %q", safehttp.ErrScheme, "htps"), `E111 The address https://tea.exmaple/feed cannot be asked: the scheme is "htps".`},
	} {
		if got := unreachable("https://tea.exmaple/feed?token=secret", fmt.Errorf("ask: %w", c.err)).Error(); !strings.HasPrefix(got, c.says) || strings.Contains(got, "secret") {
			t.Errorf("%v: %s", c.err, got)
		}
	}
}
