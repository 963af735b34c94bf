package logline

import (
	"context"
	"fmt"
	"log/slog"
)

// componentKey is the attribute that stands once in a line: what the program calls a part of it,
// not what the part calls itself.
const componentKey = "component"

// Handler is a slog.Handler. New makes it.
type Handler struct {
	next      slog.Handler
	component string
	grouped   bool // attributes belong to a group, where component is a name like any other
	kinds     *kinds
}

// New returns a handler that passes on to next what is left.
func New(next slog.Handler) *Handler { return &Handler{next: next, kinds: newKinds()} }

// Enabled reports whether next wants lines of this level.
func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// WithAttrs returns a handler whose lines have these attributes too.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	var rest []slog.Attr
	for _, a := range attrs {
		if !with.takeComponent(a) {
			rest = append(rest, bounded(a, slog.LevelInfo))
		}
	}
	with.next = h.next.WithAttrs(rest)
	return &with
}

// WithGroup returns a handler whose later attributes belong to a group.
func (h *Handler) WithGroup(name string) slog.Handler {
	with := *h
	if h.component != "" {
		with.next, with.component = h.next.WithAttrs([]slog.Attr{slog.String(componentKey, h.component)}), ""
	}
	with.next, with.grouped = with.next.WithGroup(name), true
	return &with
}

// takeComponent keeps the component where there is none yet, and reports whether the attribute is
// one.
func (h *Handler) takeComponent(a slog.Attr) bool {
	if h.grouped || a.Key != componentKey {
		return false
	}
	if h.component == "" {
		h.component = bounded(a, slog.LevelInfo).Value.String()
	}
	return true
}

// Handle writes a line, or counts it.
func (h *Handler) Handle(ctx context.Context, r slog.Record) error {
	line := *h
	out := slog.NewRecord(r.Time, r.Level, printable(r.Message, most(r.Level)), r.PC)
	var attrs []slog.Attr
	var cause string
	r.Attrs(func(a slog.Attr) bool {
		if line.takeComponent(a) {
			return true
		}
		a = bounded(a, r.Level)
		if a.Key == "err" {
			cause = a.Value.String()
		}
		attrs = append(attrs, a)
		return true
	})
	if r.Level > slog.LevelDebug && !h.kinds.admit(kindOf(r, line.component, cause), func(of kind, more int) {
		if of.words == "" {
			cause = "" // they had several, or none
		}
		line.tell(r.Level, out.Message, cause, more)
	}) {
		return nil
	}
	if line.component != "" {
		out.AddAttrs(slog.String(componentKey, line.component))
	}
	out.AddAttrs(attrs...)
	return h.next.Handle(ctx, out)
}

// tell says how many lines were left out, with the err of the first of their kind.
func (h *Handler) tell(level slog.Level, message, cause string, more int) {
	log := slog.New(h.next)
	if h.component != "" {
		log = log.With(componentKey, h.component)
	}
	if cause != "" {
		log = log.With("err", cause)
	}
	log.Log(context.Background(), level, fmt.Sprintf("%s: and %d more like it within a minute", message, more))
}

// Flush tells at once what was left out and not told yet. It is for the end of the program.
func (h *Handler) Flush() { h.kinds.flush() }
