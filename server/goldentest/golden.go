package goldentest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files from what comes out")

// Same ends the test at the first line in which got differs from the golden file at path. With
// -update it writes the file instead.
func Same(t testing.TB, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (-update writes it)", err)
	}
	if want := string(raw); got != want {
		line, is, was := difference(got, want)
		t.Fatalf("%s:%d differs (-update rewrites it)\n got %s\nwant %s\n\nall of it is\n%s", path, line, is, was, got)
	}
}

// SameJSON is Same for a value, as indented JSON without escaped HTML.
func SameJSON(t testing.TB, path string, got any) {
	t.Helper()
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(got); err != nil {
		t.Fatal(err)
	}
	Same(t, path, text.String())
}

// difference is the first line, from 1, in which two different texts differ; one that has ended has
// "the end" there.
func difference(got, want string) (line int, is, was string) {
	left, right := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := 0; ; i++ {
		is, was = "the end", "the end"
		if i < len(left) {
			is = left[i]
		}
		if i < len(right) {
			was = right[i]
		}
		if is != was || i >= len(left) {
			return i + 1, is, was
		}
	}
}
