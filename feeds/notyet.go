package feeds

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// What stands in a feed and is not for everybody yet: a post with a date to come, and one that asks
// for a password.

const (
	// aheadOf is how far ahead the date of a post may be without a meaning: clocks and zones are
	// wrong by less.
	aheadOf = 24 * time.Hour
	// maxLocked is how many characters are left of a post whose text is behind a password: what its
	// engine says instead.
	maxLocked = 600
)

// maxFormWords is how many characters stand around a password field in place of a text.
const maxFormWords = 160

// passwordForm matches the form that WordPress gives in place of the text, and passwordField what
// others have there, and logins.
var (
	passwordForm  = regexp.MustCompile(`(?i)<(?:form|input)\b[^>]*(?:post-password-form|action=postpass|name=["']?post_password)`)
	passwordField = regexp.MustCompile(`(?i)<input\b[^>]*type=["']?password[^>]*>`)
	formEnd       = regexp.MustCompile(`(?i)</form\b`)
)

// lockedTitle matches what engines put before the title of such a post, in the languages of blogs.
// People begin titles so, too. The words for private are none of them: WordPress has private posts
// in nobody's feed.
var lockedTitle = regexp.MustCompile(`(?i)^(?:protected|geschützt|protégé|protegid[oa]|protetto|beveiligd|beschermd|` +
	`zabezpieczon[ey]|chronion[ey]|защищено|захищено|skydda[dt]|beskyttet|suojattu|chráněn[oý]|` +
	`védett|korumalı|protejat|protegit|passordbeskyttet|lösenordsskydda[dt]|adgangskodebeskyttet|kodeordsbeskyttet|passwortgeschützt|` +
	`password[ -]protected|προστατευμέν[οηα]|zaštićen[oai]|zaščiteno|chránen[éý]|защитен[оа]|заштићено|apsaugota|kaitstud|` +
	`protexid[oa]|babestua|dilindungi|terproteksi|bảo vệ|محمي|מוגן|محافظت[ \x{200c}]شده|رمز[ \x{200c}]دار|` +
	`保護中|受保护(?:的文章|的内容)?|受保護(?:的文章|的內容)?|密码保护|密碼保護|보호된 글|보호글)\s*[:：]`)

// lockedWord matches what is in the notices of such engines, and in few texts under a title that
// begins as theirs.
var lockedWord = regexp.MustCompile(`(?i)password|passwort|kennwort|mot de passe|pas d.extrait|contraseña|contrasenya|contrasinal|pasahitz|senha|` +
	`palavra-passe|wachtwoord|hasł[oae]|парол|лозинк|lösenord|passord|adgangskode|kodeord|salasan|hesl[oae]|jelsz[óa]|parolă|parola ile|parolan|parool|şifre|συνθηματικ|` +
	`κωδικ|lozink|zapork|gesl[oa]|slaptažod|kata sandi|mật khẩu|كلمة (?:ال)?(?:مرور|سر)|סיסמ|گذرواژه|رمز عبور|パスワード|密[码碼]|비밀번호|암호`)

// lockedText matches what WordPress says where the text would be: in an excerpt, and above its
// form, which may have been stripped. A site can take the prefix from the title, and then nothing
// else tells.
var lockedText = regexp.MustCompile(`(?i)^\W{0,3}(?:` +
	`there is no excerpt because .{0,30}protected|` +
	`es gibt keinen? (?:text)?(?:auszug|kurzfassung|zusammenfassung),? (?:da|weil) .{0,30}geschützt|` +
	`il n.y a pas d.extrait,? (?:car|parce qu).{0,40}protégé|` +
	`no hay (?:ning[úu]n )?(?:extracto|resumen),? (?:porque|ya que|debido a) .{0,40}protegid|` +
	`(?:non (?:è disponibile|c.è|ci sono) (?:alcun |nessun )?|nessun )(?:riassunto|estratto).{0,60}protett|` +
	`er is geen (?:samenvatting|uittreksel),? (?:omdat|want|aangezien) .{0,40}(?:beschermd|beveiligd)|` +
	`não (?:há|existe) (?:nenhum )?(?:resumo|excerto).{0,60}protegid|` +
	`det finns inget utdrag .{0,40}skyddat|` +
	`(?:det er|det finnes|der er) (?:ikke noe|ikke noget|ingen|intet) (?:utdrag|uddrag|sammendrag).{0,40}beskyttet|` +
	`(?:this content|this post|this article) is (?:password[ -])?protected(?: with a password| by a password)?\. (?:to view|please enter|enter)|` +
	`(?:dieser inhalt|dieser beitrag) ist (?:passwortgeschützt|durch ein passwort geschützt)\.|` +
	`(?:ce contenu|cet article|cette publication) est protégée? par (?:un )?mot de passe\.|` +
	`(?:este contenido|esta entrada) está protegid[oa] (?:por|con) (?:una )?contraseña\.|` +
	`(?:questo contenuto|questo articolo) è protetto da password\.|` +
	`(?:de|deze) (?:inhoud|pagina) is (?:beveiligd|beschermd) met een wachtwoord\.|dit bericht is (?:beveiligd|beschermd) met een wachtwoord\.|` +
	`este (?:conteúdo|post|artigo) está protegido (?:por|com) (?:uma )?(?:senha|palavra-passe)|` +
	`brak zajawki, ponieważ .{0,30}zabezpieczon|ta treść jest chroniona hasłem\.|` +
	`この投稿はパスワードで保護されているため抜粋|このコンテンツはパスワードで保護されています|` +
	`отрывка нет, потому что запись защищена|это содержимое защищено паролем\.|` +
	`无法提供摘要。这是一篇受保护的文章|这是一篇受密码保护的文章，您需要|` +
	`受(?:密碼)?保護的文章不會產生(?:內容)?摘要|該內容受密碼保護。|這篇內容透過密碼進行保護。|` +
	`잠긴 글에는 요약문이 없습니다|이 콘텐츠는 비밀번호로 보호되어 있습니다|` +
	`il contenuto è protetto da password\.|` +
	`stručný obsah příspěvku zde není uveden, protože .{0,30}chráněn|(?:tento|požadovaný) obsah je chráněný? heslem\.|` +
	`no hi ha extracte perquè .{0,30}protegi|el contingut està protegit amb contrasenya\.|` +
	`burada alıntı yok çünkü bu yazı korumalı|bu içerik parola ile korunmaktadır\.|` +
	`уривка немає, тому що запис захищений|цей вміст захищено паролем\.|` +
	`nincs kivonat, mert .{0,20}védett|ez a tartalom jelszóval védett\.|` +
	`δεν υπάρχει απόσπασμα διότι .{0,30}προστατευμέν|αυτό το περιεχόμενο είναι προστατευμένο με συνθηματικό\.|` +
	`otetta ei näytetä, koska artikkeli on suojattu|tämä sisältö on suojattu salasanalla\.)`)

// isLocked says that the text of an item is behind a password. Its title tells only where there is
// no text, or one about passwords.
func isLocked(it parser.Item) bool {
	raw := cmp.Or(it.Content, it.Summary)
	text := parser.WithoutFarewell(safehtml.Text(raw), it.Title)
	switch n := utf8.RuneCountInString(text); {
	case n > maxLocked:
		return false
	case lockedText.MatchString(text), lockedText.MatchString(safehtml.Text(it.Summary)),
		passwordForm.MatchString(it.Content), passwordForm.MatchString(it.Summary):
		return true
	case n <= maxFormWords && (endsInForm(it.Content, it.Title) || endsInForm(it.Summary, it.Title)):
		return true
	case !lockedTitle.MatchString(it.Title):
		return false
	case text == "":
		return len(safehtml.Pictures(raw, 1)) == 0
	}
	return lockedWord.MatchString(text)
}

// endsInForm says that raw has a password field, and that nothing is said after its form: what
// people show, they speak of.
func endsInForm(raw, title string) bool {
	field := passwordField.FindStringIndex(raw)
	if field == nil {
		return false
	}
	after := raw[field[1]:]
	end := formEnd.FindStringIndex(after)
	return end == nil || parser.WithoutFarewell(safehtml.Text(after[end[0]:]), title) == ""
}

// notYet is the rule that holds a new item, why, and its date where that has not come; "" for one
// that is for everybody now.
func (b Blog) notYet(it parser.Item, now time.Time) (rule, why string, until time.Time) {
	switch {
	case isLocked(it):
		return HeldLocked, "its text is behind a password", time.Time{}
	case b.Settings.Future == settings.FutureAnnounce:
		return "", "", time.Time{}
	case !it.PublishedAt.After(now.Add(aheadOf)):
		if !it.FarAhead.IsZero() { // "never", or "on top for good"
			return HeldEarly, earlyWhy(it.FarAhead), time.Time{}
		}
		return "", "", time.Time{}
	case b.Settings.Future == settings.FutureHold:
		return HeldEarly, earlyWhy(it.PublishedAt), it.PublishedAt
	}
	return HeldDated, earlyWhy(it.PublishedAt), it.PublishedAt
}

func earlyWhy(date time.Time) string {
	return "it is dated " + date.UTC().Format("2006-01-02 15:04 UTC")
}

// holdBack holds a new post that is not for everybody yet. nth is how many of its feed wait for
// their dates already: when a feed is added, one that is full of dates to come is a calendar, and
// announces nothing by itself.
func (c *change) holdBack(b Blog, it parser.Item, now time.Time, nth int) (waits bool) {
	rule, why, until := b.notYet(it, now)
	if rule == "" {
		return false
	}
	waits = rule == HeldDated
	if waits && nth >= freeArrivals {
		rule = HeldEarly
	}
	if until.After(now) { // it is shown with its own date, whoever decides when it goes out
		c.post.PublishedAt = until
	}
	c.hold(now, rule, why, "")
	return waits
}

// isWaiting says that the post is held until its date, and no longer.
func (p Post) isWaiting() bool { return p.HeldBy == HeldDated }

// goesOut says that a new post is announced if nobody holds it.
func (c change) goesOut() bool { return c.known == nil && (c.post.Announce || c.post.isWaiting()) }

// keepsDate says that the post is held for another reason than its date, which has not come at that
// time either.
func (p Post) keepsDate(at time.Time) bool {
	return !p.HeldAt.IsZero() && !p.isWaiting() && p.HeldBy != HeldEarly && p.PublishedAt.After(at)
}

// waitOnly makes a held post one that waits for its date, and for nothing else. It collides with
// whoever changes either meanwhile.
func waitOnly(ctx context.Context, tx *database.Tx, p Post) error {
	n, err := tx.Exec(ctx, `
UPDATE posts
SET held_by = ?, held_why = ?, held_like = ''
WHERE id = ? AND held_by = ? AND published_at = ?`, HeldDated, earlyWhy(p.PublishedAt), p.ID, p.HeldBy, database.Millis(p.PublishedAt))
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: the post %s was changed in the same moment", database.ErrConflict, p.ID)
	}
	return err
}

// delay is a new date of a post that waits for its date.
type delay struct {
	id string
	at time.Time
}

// rescheduled notes a new date of a held post whose date has not come. Whoever takes the date away
// wants it now.
func (pl *plan) rescheduled(it match.Item) {
	if !it.Was.Held || !it.Was.PublishedAt.After(pl.now) {
		return
	}
	if at := later(pl.now, it.PublishedAt); !at.Equal(it.Was.PublishedAt) {
		pl.delays = append(pl.delays, delay{it.Was.ID, at})
	}
}

func (d delay) store(ctx context.Context, q database.Querier) error {
	_, err := q.Exec(ctx, `
UPDATE posts
SET published_at = ?, held_why = CASE WHEN held_by IN (?, ?) THEN ? ELSE held_why END
WHERE id = ? AND held_at > 0 AND published_at > held_at`, database.Millis(d.at), HeldDated, HeldEarly, earlyWhy(d.at), d.id)
	return err
}

// soonestWaiting is when the next post that waits for its date goes out, zero where none does.
func soonestWaiting(ctx context.Context, q database.Querier) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(published_at)
FROM posts
WHERE held_at > 0 AND held_by = ?`, HeldDated))
}

// A post may get a password after it was found, and may lose it. What the feed has in place of its
// text is never told to anybody.
//
// A held post, of which nobody was told, is found anew by the rules for every new post. One that
// waits to be announced waits on, as if the feed had taken it back (withdrawn.go). One that is
// public stays as it was: the words of a form are no edit, and whoever wants it gone deletes it.

// changesLock says that a held post has got a password since it was found, or is without the one
// that it is held for. What may be a known post waits for its owner whatever it says.
func changesLock(it match.Item) bool {
	return !it.IsNew() && !it.Was.Removed && it.Was.Held && it.Was.HeldBy != HeldDoubt && it.Was.Hash != it.Hash &&
		(it.Was.HeldBy == HeldLocked) != isLocked(it.Item)
}

// addAnew is a held post that its feed has as another one now.
func (pl *plan) addAnew(it match.Item, i int) {
	id := it.Was.ID
	pl.m.Forget(id)
	pl.addNew(it, i, it.Was.Generation)
	pl.changes[len(pl.changes)-1].instead = id
}

// locking is that a post which is not held has a password now.
type locking struct {
	post   match.Known
	says   database.Digest // of the item
	isNews bool            // its owner was not told before
}

// isLockedNow says that a post which is not held has a password now. One that looked so when it was
// let out has none.
func (pl *plan) isLockedNow(ctx context.Context, it match.Item) (bool, error) {
	if it.Was.Held || it.Was.Hash == it.Hash || !isLocked(it.Item) {
		return false, nil
	}
	texts, err := match.Texts(ctx, pl.p.DB, []string{it.Was.ID})
	if err != nil {
		return false, fmt.Errorf("compare with what is known: %w", err)
	}
	return !isLocked(parser.Item{Title: it.Was.Title, Content: texts[it.Was.ID]}), nil
}

// withheld counts the posts with a new password that nobody was told of as missing from the feed.
func (pl *plan) withheld() (changed []match.Missing) {
	for _, l := range pl.locked {
		if p := l.post; p.Announce && p.EditedAt.IsZero() && !p.DueAt.IsZero() {
			changed = append(changed, match.Missing{ID: p.ID, Since: cmp.Or(p.AbsentSince, pl.now), Polls: p.AbsentPolls + 1})
		}
	}
	return changed
}

// store remembers what the feed says, as of a post that its page has newer: an item that says it
// again is no news.
func (l locking) store(ctx context.Context, q database.Querier, blogID database.ID) error {
	if !l.isNews {
		return nil
	}
	return pages.FeedSays(ctx, q, l.post.ID, blogID, l.post.Hash, l.says)
}

// newlyLocked are the ids of the posts whose owner is to be told.
func (pl *plan) newlyLocked() (ids []string) {
	for _, l := range pl.locked {
		if l.isNews {
			ids = append(ids, l.post.ID)
		}
	}
	return ids
}
