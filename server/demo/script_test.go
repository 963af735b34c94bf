package demo_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/demo"
)

// TestScriptStopsAtTheFirstFailureAndSaysWhatItSaw plays against a server where nothing is as it should be.
func TestScriptStopsAtTheFirstFailureAndSaysWhatItSaw(t *testing.T) {
	empty := httptest.NewServer(http.NotFoundHandler())
	defer empty.Close()
	var out bytes.Buffer
	ok, total := demo.Script(t.Context(), &out, allAt(empty.URL))
	if ok != 0 || total < 10 {
		t.Errorf("%d of %d", ok, total)
	}
	for _, want := range []string{"FAILED", "expected: 200", "saw:      404", "were not tried"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

// TestScriptMeetsAWrongAnswer: the handle of the blog leads to somebody else.
func TestScriptMeetsAWrongAnswer(t *testing.T) {
	wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"subject":"acct:harbour@x","links":[
			{"rel":"self","type":"application/activity+json","href":"https://elsewhere.example/"}]}`)
	}))
	defer wrong.Close()
	var out bytes.Buffer
	ok, _ := demo.Script(t.Context(), &out, allAt(wrong.URL))
	if ok != 0 || !strings.Contains(out.String(), "elsewhere.example") {
		t.Errorf("%d ok:\n%s", ok, &out)
	}
}

// allAt is a demo whose every part is one server.
func allAt(address string) demo.Options {
	return demo.Options{Bloghorn: address, Actor: address + "/blogs/harbour", BlogURL: address, ReaderURL: address}
}
