package feeds

import "github.com/bloghorn/bloghorn/server/database"

// validators let a server answer that nothing has changed, and us see that nothing has.
type validators struct {
	etag, lastModified string
	bodyHash           database.Digest
}
