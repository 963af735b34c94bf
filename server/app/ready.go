package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/web"
)

// Readiness is whether requests should be sent here. It really writes to the database, so however
// many ask, one question is under way at a time, and its answer is believed for bounds.ReadyFor.
type Readiness struct {
	Probe func(context.Context) error

	mu      sync.Mutex // for the fields below; never held over a question
	asking  *question
	err     error
	answers time.Time // when err was learned
}

// question is a probe that is under way.
type question struct {
	began time.Time
	done  chan struct{}
	err   error // once done
}

var ErrNoAnswer = errors.New("the database does not answer")

// Check is nil while the database can be used. It returns in bounds.ReadyIn, whatever the database
// does.
func (s *Readiness) Check(ctx context.Context) error {
	q, err := s.ask()
	if q == nil {
		return err
	}
	late := time.NewTimer(time.Until(q.began.Add(bounds.ReadyIn)))
	defer late.Stop()
	select {
	case <-q.done:
		return q.err
	case <-late.C:
		return ErrNoAnswer
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask is the question to wait for, or the answer where there is one that is new enough.
func (s *Readiness) ask() (*question, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.answers.IsZero() && time.Since(s.answers) < bounds.ReadyFor {
		return nil, s.err
	}
	if s.asking == nil {
		s.asking = &question{began: time.Now(), done: make(chan struct{})}
		go s.answer(s.asking)
	}
	return s.asking, nil
}

func (s *Readiness) answer(q *question) {
	// A little less than whoever asks waits, so that they read what it was.
	ctx, cancel := context.WithTimeout(context.Background(), bounds.ReadyIn*9/10)
	defer cancel()
	q.err = s.Probe(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.answers, s.asking = q.err, time.Now(), nil
	close(q.done)
}

// ready says whether to send requests here: the database can be used and the server is not
// stopping. The words are for the operator.
func (a *App) ready(ctx context.Context) error {
	if a.Draining.Load() {
		return fmt.Errorf("%w: the server is stopping", web.ErrBusy)
	}
	if err := a.Readiness.Check(ctx); err != nil {
		return fmt.Errorf("%w: %w", web.ErrBusy, err)
	}
	return nil
}
