package demo_test

import (
	"net/http"
	"net/http/httptest"
)

// fetched is what another server gets for an id.
func fetched(h http.Handler, id string) *httptest.ResponseRecorder {
	return ask(h, http.MethodGet, id, "", "Accept", "application/activity+json")
}
