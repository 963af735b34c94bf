package safehttp_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/bloghorn/bloghorn/server/safehttp"
)

func TestRedirects(t *testing.T) {
	const a, b, c, d, e = "https://a.example/", "https://b.example/", "https://c.example/", "https://d.example/", "https://e.example/"
	tests := []struct {
		name    string
		method  string
		start   string
		answers answers
		end     string
		moved   bool
		err     error
	}{
		{name: "none", start: a, answers: answers{a: "200"}, end: a},
		{name: "permanent", start: a, answers: answers{a: "301 " + b, b: "308 " + c, c: "200"}, end: c, moved: true},
		{name: "temporary last", start: a, answers: answers{a: "301 " + b, b: "302 " + c, c: "200"}, end: c},
		{name: "temporary first", start: a, answers: answers{a: "302 " + b, b: "301 " + c, c: "200"}, end: c},
		{name: "three", start: a, answers: answers{a: "302 " + b, b: "303 " + c, c: "307 " + d, d: "200"}, end: d},
		{name: "four", start: a, answers: answers{a: "302 " + b, b: "302 " + c, c: "302 " + d, d: "302 " + e, e: "200"}, err: safehttp.ErrRedirect},
		{name: "to itself", start: a, answers: answers{a: "302 " + a}, err: safehttp.ErrRedirect},
		{name: "to itself, respelled", start: a, answers: answers{a: "302 HTTPS://A.example:443/#x"}, err: safehttp.ErrRedirect},
		{name: "back", start: a, answers: answers{a: "302 " + b, b: "302 " + a}, err: safehttp.ErrRedirect},
		{name: "relative", start: a + "x/y?q", answers: answers{a + "x/y?q": "302 ../z", a + "z": "200"}, end: a + "z"},
		{name: "relative to a scheme", start: a, answers: answers{a: "302 //b.example/", b: "200"}, end: b},
		{name: "up to https", start: "http://a.example/", answers: answers{"http://a.example/": "301 " + a, a: "200"}, end: a, moved: true},
		{name: "down to http", start: a, answers: answers{a: "301 http://b.example/", "http://b.example/": "200"}, err: safehttp.ErrRedirect},
		{name: "down to http, allowed", start: a, answers: answers{a: "302 http://ok.example/", "http://ok.example/": "200"}, end: "http://ok.example/"},
		{name: "another scheme", start: a, answers: answers{a: "302 file:///etc/passwd"}, err: safehttp.ErrScheme},
		{name: "a user", start: a, answers: answers{a: "302 https://user@b.example/"}, err: safehttp.ErrScheme},
		{name: "not a URL", start: a, answers: answers{a: "302 https://%zz/"}, err: safehttp.ErrScheme},
		{name: "no location", start: a, answers: answers{a: "302"}, end: a},
		{name: "a choice", start: a, answers: answers{a: "300 " + b}, end: a},
		{name: "not modified", start: a, answers: answers{a: "304 " + b}, end: a},
		{name: "created", method: "POST", start: a, answers: answers{a: "201 " + b}, end: a},
		{name: "HEAD", method: "HEAD", start: a, answers: answers{a: "303 " + b, b: "200"}, end: b},
		{name: "POST to another path", method: "POST", start: a, answers: answers{a: "307 /inbox", a + "inbox": "202"}, end: a + "inbox"},
		{name: "POST moved for good", method: "POST", start: a, answers: answers{a: "308 /inbox", a + "inbox": "202"}, end: a + "inbox", moved: true},
		{name: "POST twice", method: "POST", start: a, answers: answers{a: "307 /b", a + "b": "307 /c", a + "c": "202"}, err: safehttp.ErrRedirect},
		{name: "POST to itself", method: "POST", start: a, answers: answers{a: "307 /"}, err: safehttp.ErrRedirect},
		{name: "POST to another host", method: "POST", start: a, answers: answers{a: "307 " + b, b: "202"}, err: safehttp.ErrRedirect},
		{name: "POST to another port", method: "POST", start: a, answers: answers{a: "308 https://a.example:8443/"}, err: safehttp.ErrRedirect},
		{name: "POST down to http", method: "POST", start: a, answers: answers{a: "307 http://a.example:443/"}, err: safehttp.ErrRedirect},
		{name: "POST 301", method: "POST", start: a, answers: answers{a: "301 /inbox", a + "inbox": "202"}, err: safehttp.ErrRedirect},
		{name: "POST 302", method: "POST", start: a, answers: answers{a: "302 /inbox", a + "inbox": "202"}, err: safehttp.ErrRedirect},
		{name: "POST 303", method: "POST", start: a, answers: answers{a: "303 /inbox", a + "inbox": "202"}, err: safehttp.ErrRedirect},
		{name: "DELETE is no GET", method: "DELETE", start: a, answers: answers{a: "302 " + b, b: "200"}, err: safehttp.ErrRedirect},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			asked := map[string]bool{}
			client := safehttp.New(safehttp.Options{Allow: []string{"ok.example:80"}, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				if asked[r.URL.String()] {
					t.Errorf("%s was asked twice", r.URL)
				}
				asked[r.URL.String()] = true
				return test.answers.RoundTrip(r)
			})})
			answer, err := client.Do(t.Context(), safehttp.Request{Method: test.method, URL: test.start})
			if !errors.Is(err, test.err) {
				t.Fatalf("got %v, want %v", err, test.err)
			}
			if err == nil && (answer.URL.String() != test.end || answer.Moved != test.moved) {
				t.Errorf("ended at %s, moved %v; want %s, %v", answer.URL, answer.Moved, test.end, test.moved)
			}
		})
	}
}

func TestFederationNeverLeavesHTTPS(t *testing.T) {
	const start, plain, listed = "https://a.example/", "http://b.example/", "http://ok.example/"
	client := safehttp.New(safehttp.Options{
		OnlyHTTPS: true, Allow: []string{"ok.example:80"},
		Transport: answers{start: "302 " + plain, plain: "200", listed: "302 " + plain},
	})
	for _, from := range []string{start, plain, listed} {
		if _, err := client.Do(t.Context(), safehttp.Request{URL: from}); !errors.Is(err, safehttp.ErrScheme) {
			t.Errorf("from %s: got %v, want ErrScheme", from, err)
		}
	}
}

func TestEachHopIsSignedAnew(t *testing.T) {
	tests := []struct {
		method string
		way    answers
		want   []string
	}{
		{http.MethodGet, answers{"https://a.example/": "302 https://b.example/x", "https://b.example/x": "200"},
			[]string{"a.example/", "b.example/x"}},
		{http.MethodPost, answers{"https://a.example/": "307 /inbox", "https://a.example/inbox": "202"},
			[]string{"a.example/", "a.example/inbox"}},
	}
	for _, test := range tests {
		var seen []string
		client := safehttp.New(safehttp.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			seen = append(seen, r.Header.Values("Signature")...)
			return test.way.RoundTrip(r)
		})})
		_, err := client.Do(t.Context(), safehttp.Request{
			Method: test.method, URL: "https://a.example/", Body: []byte("{}"),
			Sign: func(r *http.Request) error { r.Header.Add("Signature", r.Host+r.URL.Path); return nil },
		})
		if err != nil || !slices.Equal(seen, test.want) {
			t.Errorf("%s: signatures %v, want %v (%v)", test.method, seen, test.want, err)
		}
	}
}

func TestCredentialsStayWithTheirHost(t *testing.T) {
	way := answers{"https://a.example/": "302 /x", "https://a.example/x": "302 https://b.example/", "https://b.example/": "200"}
	var seen []string
	client := safehttp.New(safehttp.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		seen = append(seen, r.Host+" "+r.Header.Get("Authorization")+" "+r.Header.Get("Accept"))
		return way.RoundTrip(r)
	})})
	header := http.Header{"Authorization": {"secret"}, "Accept": {"text/html"}}
	_, err := client.Do(t.Context(), safehttp.Request{URL: "https://a.example/", Header: header})
	want := []string{"a.example secret text/html", "a.example secret text/html", "b.example  text/html"}
	if err != nil || !slices.Equal(seen, want) {
		t.Errorf("sent %q, want %q (%v)", seen, want, err)
	}
	if header.Get("Authorization") != "secret" {
		t.Error("the caller's header was changed")
	}
}

func TestBodyIsSentAgainAfterARedirect(t *testing.T) {
	var bodies []string
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b := make([]byte, r.ContentLength)
		r.Body.Read(b)
		bodies = append(bodies, string(b))
		if r.URL.Path == "/" {
			w.Header().Set("Location", "/inbox")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
	})
	_, err := client.Do(t.Context(), safehttp.Request{Method: http.MethodPost, URL: url + "/", Body: []byte("{}")})
	if err != nil || !slices.Equal(bodies, []string{"{}", "{}"}) {
		t.Errorf("bodies %q, %v", bodies, err)
	}
}

// FuzzRedirect: wherever a stranger's Location points, only http and https with a host and without a user are asked, and for
// federation only https.
func FuzzRedirect(f *testing.F) {
	for _, location := range []string{
		"/x", "//b.example", "https://b.example:443/", "http://b.example", "javascript:alert(1)", "https://u:p@b.example", "https:\\\\b", "http:x",
		"https://[::1%25lo]/", "https://bücher.example/", "?q", "#f", "https://b.example:/%2f", "HTTPS://B", "https://b\t.example",
	} {
		f.Add(location, true)
		f.Add(location, false)
	}
	f.Fuzz(func(t *testing.T, location string, onlyHTTPS bool) {
		hops := 0
		client := safehttp.New(safehttp.Options{OnlyHTTPS: onlyHTTPS, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			hops++
			if r.URL.Host == "" || r.URL.User != nil || r.URL.Scheme != "https" || r.Host != r.URL.Host {
				t.Fatalf("Location %q led to %q, Host %q", location, r.URL, r.Host)
			}
			return answer(http.StatusFound, location), nil
		})})
		if _, err := client.Do(t.Context(), safehttp.Request{URL: "https://a.example/"}); err == nil && location != "" {
			t.Fatalf("endless redirects to %q ended well", location)
		}
		if hops > 4 {
			t.Fatalf("%d hops", hops)
		}
	})
}
