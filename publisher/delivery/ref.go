package delivery

import (
	"encoding/base32"
	"errors"
	"strings"

	"github.com/bloghorn/bloghorn/server/database"
)

// ErrBadRef is returned for what Delivery.Ref cannot have made.
var ErrBadRef = errors.New("not the id of a delivery")

// refBytes is how much of an inbox's digest a Ref shows: enough to tell the inboxes of one activity apart.
const refBytes = 8

var refText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Ref names the delivery for people: the activity's id, a dash, and the beginning of the inbox's digest.
func (d Delivery) Ref() string {
	return d.ActivityID.String() + "-" + refText.EncodeToString(d.inboxHash[:refBytes])
}

// parseRef gives the activity, and the least and the greatest digest that an inbox so named can have.
func parseRef(ref string) (activity database.ID, least, greatest database.Digest, err error) {
	id, inbox, _ := strings.Cut(strings.ToLower(strings.TrimSpace(ref)), "-")
	if activity, err = database.ParseID(id); err != nil {
		return 0, least, greatest, ErrBadRef
	}
	prefix, err := refText.DecodeString(inbox)
	if err != nil || len(prefix) != refBytes {
		return 0, least, greatest, ErrBadRef
	}
	for i := range greatest {
		greatest[i] = 0xff
	}
	copy(least[:], prefix)
	copy(greatest[:], prefix)
	return activity, least, greatest, nil
}
