package activitypub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Marshal writes v as JSON, without a newline at the end and without writing the angle brackets of
// HTML as \u003c: an Article is mostly markup, and nobody puts these documents into a script
// element.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write an ActivityPub document: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Timestamp is an instant in the one form that every server reads: UTC, whole seconds.
type Timestamp struct{ time.Time }

// At is t as a Timestamp; the zero time is left out of documents.
func At(t time.Time) Timestamp { return Timestamp{t} }

// MarshalJSON writes "2026-01-05T08:00:00Z".
func (t Timestamp) MarshalJSON() ([]byte, error) {
	return []byte(t.UTC().Format(`"2006-01-02T15:04:05Z"`)), nil
}
