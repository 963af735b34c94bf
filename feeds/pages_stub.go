package feeds

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

func scheduleLook(context.Context, database.Querier, string, database.ID, time.Time) error {
	return nil
}
