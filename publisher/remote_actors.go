package publisher

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// Why a document of another server cannot be had.
var (
	ErrGone        = errors.New("it is gone")            // 404 or 410
	ErrUnreachable = errors.New("it cannot be reached")  // temporary: try again later
	ErrNotTrusted  = errors.New("it cannot be believed") // it breaks a rule, and asking again will not help
)

// RemoteActor is a person or server elsewhere.
type RemoteActor struct {
	ID           database.ID
	URI          string // the actor's id
	Host         string // authority of URI: name, and port where it is written
	Type         string
	Username     string
	Handle       string // "@ada@pasture.example"
	Name         string // text; never empty
	URL          string // the page for people
	AvatarURL    string
	Inbox        string
	SharedInbox  string
	FollowersURI string
	FetchedAt    time.Time
	GoneAt       time.Time // zero while it is there
}

// Remotes knows the actors and keys of other servers.
type Remotes struct {
	DB        *database.DB
	Client    *safehttp.Client
	Keys      *Keys
	PublicURL string
	Log       *slog.Logger
	Now       func() time.Time
}

// Fetch gets the document with this id.
func (m *Remotes) Fetch(ctx context.Context, id string) (activitypub.Object, error) { return nil, nil }

// Key is a signature.Keys.
func (m *Remotes) Key(ctx context.Context, keyID string, fresh bool) (signature.PublicKey, error) {
	return signature.PublicKey{}, nil
}

// Actor is the actor with this id, stored or fetched and stored.
func (m *Remotes) Actor(ctx context.Context, id string) (RemoteActor, error) {
	return RemoteActor{}, nil
}

// Refresh fetches the actor again.
func (m *Remotes) Refresh(ctx context.Context, id string) (RemoteActor, error) {
	return RemoteActor{}, nil
}

// Known is the stored actor; database.ErrNotFound where there is none. Nothing is fetched.
func (m *Remotes) Known(ctx context.Context, q database.Querier, id string) (RemoteActor, error) {
	return RemoteActor{}, nil
}

// Store keeps what an actor's own document says.
func (m *Remotes) Store(ctx context.Context, q database.Querier, doc activitypub.Object, now time.Time) (RemoteActor, error) {
	return RemoteActor{}, nil
}

// MarkGone remembers that the actor has left.
func (m *Remotes) MarkGone(ctx context.Context, q database.Querier, id string) error { return nil }

// RemoteActorsByID reads many actors at once.
func RemoteActorsByID(ctx context.Context, q database.Querier, ids []database.ID) (map[database.ID]RemoteActor, error) {
	return nil, nil
}
