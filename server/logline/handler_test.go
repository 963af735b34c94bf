package logline_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/logline"
)

// logged is what a program with this logger writes, both as text and as JSON.
func logged(t *testing.T, write func(*slog.Logger)) (text, lines string) {
	t.Helper()
	var asText, asJSON bytes.Buffer
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	for _, h := range []slog.Handler{slog.NewTextHandler(&asText, options), slog.NewJSONHandler(&asJSON, options)} {
		bounded := logline.New(h)
		write(slog.New(bounded))
		bounded.Flush()
	}
	for line := range strings.Lines(asJSON.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("%q is not JSON", line)
		}
	}
	return asText.String(), asJSON.String()
}

// TestRefusedRequestsDoNotFillTheDisk: each came with an id of 2 kB, and wrote as much.
func TestRefusedRequestsDoNotFillTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		plain := slog.NewJSONHandler(&log, nil)
		refuse := func(log *slog.Logger) {
			for i := range 6000 {
				id := fmt.Sprintf("https://evil.example/%d/%s", i, strings.Repeat("x", 2000))
				log.Info("inbox refused", "request", i, "err", fmt.Errorf("key %q: not signed as needed", id))
			}
		}
		refuse(slog.New(plain))
		before := log.Len()
		log.Reset()
		refuse(slog.New(logline.New(plain)).With("component", "inbox"))
		time.Sleep(2 * time.Minute)
		t.Logf("6,000 refused requests: %d bytes became %d", before, log.Len())
		if lines := strings.Count(log.String(), "\n"); lines != bounds.LogLines+1 || log.Len() > lines*(bounds.LogValue+300) {
			t.Errorf("%d lines, %d bytes", lines, log.Len())
		}
		if !strings.Contains(log.String(), `"msg":"inbox refused: and 5990 more like it within a minute","component":"inbox"`) {
			t.Errorf("the others are not counted: %s", log.String())
		}
	})
}

func TestEachMinuteBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text, _ := logged(t, func(log *slog.Logger) {
			for range 3 {
				for range bounds.LogLines + 5 {
					log.Info("one")
				}
				log.Info("another")
				time.Sleep(time.Minute + time.Second)
			}
		})
		if n := strings.Count(text, "msg=one"); n != 3*bounds.LogLines {
			t.Errorf("%d lines", n)
		}
		if n := strings.Count(text, "one: and 5 more like it"); n != 3 || strings.Count(text, "another") != 3 {
			t.Errorf("%s", text)
		}
	})
}

// TestNewTroubleIsSeenBesideAThousandOldOnes, however much strangers put into the words of an error.
func TestNewTroubleIsSeenBesideAThousandOldOnes(t *testing.T) {
	text, _ := logged(t, func(log *slog.Logger) {
		for i := range 1000 {
			log.Error("request failed", "err", fmt.Errorf("read the post %d at \"https://x%d.example\": connection refused", i, i))
		}
		log.Error("request failed", "err", errors.New("the disk is full"))
	})
	const summary = `more like it within a minute" err="read the post 0 at`
	if n := strings.Count(text, "connection refused"); n != bounds.LogLines+1 || !strings.Contains(text, summary) || !strings.Contains(text, "the disk is full") {
		t.Errorf("%d lines\n%s", n, text)
	}
	letters := func(i int) string { return string([]byte{'a' + byte(i/676%26), 'a' + byte(i/26%26), 'a' + byte(i%26)}) }
	text, _ = logged(t, func(log *slog.Logger) {
		for i := range 1000 {
			log.Error("request failed", "err", errors.New("a word of a stranger: "+letters(i)))
		}
	})
	if n := strings.Count(text, "\n"); n > bounds.LogKinds+bounds.LogLines+1 || !strings.Contains(text, "more like it") {
		t.Errorf("%d lines", n)
	}
}

func TestComponentStandsOnceInALine(t *testing.T) {
	for name, write := range map[string]func(*slog.Logger){
		"twice with":        func(log *slog.Logger) { log.With("component", "poller").With("component", "feeds").Info("read") },
		"with and a record": func(log *slog.Logger) { log.With("component", "poller").Info("read", "component", "feeds") },
		"twice in a record": func(log *slog.Logger) { log.Info("read", "component", "poller", "component", "feeds") },
	} {
		text, lines := logged(t, write)
		if strings.Count(text, "component=") != 1 || strings.Count(lines, "component") != 1 || !strings.Contains(text, "component=poller") {
			t.Errorf("%s: %s%s", name, text, lines)
		}
	}
}

func TestDurationsAreTextInJSONToo(t *testing.T) {
	_, lines := logged(t, func(log *slog.Logger) {
		log.With("timeout", 10*time.Second).Info("read", "took", 1500*time.Millisecond, slog.Group("of", "all", time.Minute))
	})
	if want := `"timeout":"10s","took":"1.5s","of":{"all":"1m0s"}`; !strings.Contains(lines, want) {
		t.Errorf("%s, want %s", lines, want)
	}
}

func TestNothingInALineActsOnATerminal(t *testing.T) {
	const evil = "a\x1b[2J\u009b2J\u202edlrow\u200b\x7f\xff\nlevel=ERROR msg=forged"
	text, lines := logged(t, func(log *slog.Logger) {
		log.With("with", evil).Info(evil, "text", evil, "err", errors.New(evil), "list", []string{evil}, slog.Group("group", "inner", evil))
	})
	for _, out := range []string{text, lines} {
		if strings.ContainsAny(out, "\x1b\u009b\u202e\u200b\x7f") || !utf8.ValidString(out) || strings.Count(out, "\n") != 1 {
			t.Errorf("%q", out)
		}
	}
}

func TestLongValuesAreCut(t *testing.T) {
	long := strings.Repeat("ä", 50_000)
	for level, most := range map[slog.Level]int{slog.LevelInfo: bounds.LogValue, slog.LevelError: bounds.LogTrouble} {
		text, _ := logged(t, func(log *slog.Logger) { log.Log(t.Context(), level, "cut", "err", errors.New(long)) })
		if n := len(text); n > most+200 || n < most || !strings.Contains(text, "bytes more)") {
			t.Errorf("%v: %d bytes", level, n)
		}
	}
	honest := "https://" + strings.Repeat("a", bounds.LogValue-20) + ".example"
	if text, _ := logged(t, func(log *slog.Logger) { log.Info("whole", "url", honest) }); !strings.Contains(text, honest) {
		t.Errorf("%s", text)
	}
}
