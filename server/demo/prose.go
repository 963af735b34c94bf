package demo

import "time"

const (
	blogTitle    = "Notes from the Harbour"
	blogSubtitle = "Boats, weather, and the people who wait for both."
	blogAuthor   = "Marit Sund"
)

// firstEntries are the posts that are there when the demo starts, newest first.
func firstEntries(now time.Time) []Entry {
	const day = 24 * time.Hour
	return []Entry{
		{Slug: "the-ferry-that-waits", Title: "The ferry that waits", HTML: ferryThatWaits, PublishedAt: now.Add(-2*day - 3*time.Hour)},
		{Slug: "how-to-read-a-tide-table", Title: "How to read a tide table", HTML: tideTable, PublishedAt: now.Add(-9*day - 5*time.Hour)},
		{Slug: "soup-weather", Title: "Soup weather", HTML: soupWeather, PublishedAt: now.Add(-20*day - 1*time.Hour)},
	}
}

// spareEntries are what the page proposes to publish next.
var spareEntries = []Entry{
	{Title: "A seal on the slipway", HTML: `<p>There is a seal on the slipway this morning. It arrived at six, looked at the rowing club, and lay down.</p>
<p>The club held a short meeting. Training is moved to Thursday.</p>`},
	{Title: "New paint for the Marigold", HTML: `<p>Old Henrik has painted the <em>Marigold</em> again. He says it is the same green as before.</p>
<p>It is not the same green as before. Nobody has told him, and nobody will, because he is so pleased with it.</p>`},
	{Title: "Fog, with biscuits", HTML: `<p>You could not see the end of the pier today, so we sat in the harbour office and listened to the boats come home one by one.</p>
<p>We counted the engines. When we had counted eleven, somebody opened the good biscuits.</p>`},
}

const ferryThatWaits = `<p>The timetable says that the last ferry leaves at 19:40. Everyone who lives here knows that it leaves when Ingrid has locked
the bakery, walked down the hill, and found her ticket.</p>
<p>Visitors get nervous. They look at the clock, then at the captain, then at the clock again. The captain pours them a coffee from his own
flask and says: “She has the bread.”</p>
<p>I asked him once what he would do if she ever stayed at home. He thought about it for longer than I had expected.</p>
<blockquote><p>Then I would walk up and ask if she is well. And then we would be late, and that would be all right too.</p></blockquote>
<p>We have four more connections a day now, an app that shows where the boat is, and a sign that counts the minutes. I like all of them. But when I
tell people why I moved here, I tell them about the ferry that waits.</p>`

const tideTable = `<p>My neighbour taught me in the time it takes to mend one net. Here is all of it.</p>
<ol>
<li><strong>Find today.</strong> Not yesterday. You laugh, but the page sticks to your thumb.</li>
<li><strong>Find the two big numbers.</strong> Those are the high waters. Between them it falls, after them it falls, and then it comes back,
whatever kind of week you are having.</li>
<li><strong>Look at the moon.</strong> Full or new: the sea goes further in both directions. Half: it cannot be bothered.</li>
<li><strong>Add the wind.</strong> The table does not know about the wind. Three days of westerly put half a metre on everything.</li>
<li><strong>Go and look.</strong> The table is a promise; the pole with the white stripes is the truth.</li>
</ol>
<p>Then she gave me the net and said it was my turn, which I believe had been the plan all along.</p>`

const soupWeather = `<p>The first cold day came in from the north-east on Sunday, and by noon every chimney on Quay Street was at work. This is the soup.</p>
<p>Two leeks, slowly, in more butter than you would admit to. Four potatoes. Water that has met a fish, or simply water. A bay leaf from the tree behind
the chapel, which belongs to everybody. When the potatoes give up, add smoked haddock and a cup of milk, and <em>do not let it boil</em>.</p>
<p>Serve it to whoever comes in with wet shoes. It feeds four, or six if two of them are being polite.</p>
<p>Bread is not optional. See the ferry.</p>`
