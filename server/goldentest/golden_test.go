package goldentest

import "testing"

func TestDifferenceIsFoundWhereOneTextEndsToo(t *testing.T) {
	for _, test := range []struct {
		got, want string
		line      int
		is, was   string
	}{
		{"a\nb\n", "a\nc\n", 2, "b", "c"},
		{"a\n", "a\nb\n", 2, "", "b"},
		{"a\n\n", "a\n", 3, "", "the end"},
		{"a\n", "a\n\n", 3, "the end", ""},
		{"", "a", 1, "", "a"},
	} {
		line, is, was := difference(test.got, test.want)
		if line != test.line || is != test.is || was != test.was {
			t.Errorf("%q and %q differ in line %d: %q, %q", test.got, test.want, line, is, was)
		}
	}
}
