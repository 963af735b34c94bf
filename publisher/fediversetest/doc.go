// Package fediversetest is a fediverse in memory, for tests: many servers with people on them, and
// the application under test among them. Nothing listens and nothing is dialled; a request is a
// function call.
//
//	                      ┌────────────────────────── Fediverse (an http.RoundTripper) ───────────────────────────┐
//	app under test ──────►│ safehttp.Options.Transport ─► count ─► fault? ─► pasture.example  documents, inboxes  │
//	   ▲                  │                                                  meadow.example   documents, inboxes  │
//	   └──────────────────│◄─ blog.example (Mount) ◄──── ada.Reply, bob.Like, … signed by that person             │
//	                      └───────────────────────────────────────────────────────────────────────────────────────┘
//
// A story reads like this:
//
//	f := fediversetest.New(t)
//	f.Mount("blog.example", app)                    // app's clients have Transport: f
//	ada := f.Person("ada", "pasture.example")
//	ada.Follow("https://blog.example/blogs/tea")    // 202, and soon:
//	ada.Await("Accept", 1)
//	create := ada.Await("Create", 1)[0]
//	reply := ada.Reply(create.Ref("object"), "<p>Four minutes!</p>")
//	ada.Edit(reply, "<p>Five minutes!</p>")
//
// What it promises:
//
//   - What the app sends is verified like a strict server does: the signature with the key from the sender's actor document, which is read
//     from the app itself, and actor and signer the same. Inboxes answer 401 to the rest; Refused tells why.
//   - What people send has the shape that Mastodon gives it, and each spoiled variant a test may want is an Option: another body after
//     signing, an old date, a foreign key.
//   - Only what servers ask one another is counted; what the helpers here look up for themselves is not.
//   - It works inside testing/synctest: there are no sockets, and no goroutines of its own. Delays and waiting use the time package,
//     so in a bubble they cost nothing.
//
// Its people share one RSA key per process, since a key takes as long to make as fifty signatures;
// OwnKey gives a person another. It knows ActivityPub and signatures only, so that packages at any
// height can test with it.
package fediversetest
