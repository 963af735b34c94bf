package feeds

import "github.com/bloghorn/bloghorn/server/database"

// hashVersion grows with every change to what contentHash sees.
const hashVersion = 1

func contentHash(it item) database.Digest {
	return database.Hash(it.title, it.summary, it.content, NormaliseLink(it.link), it.imageURL)
}
