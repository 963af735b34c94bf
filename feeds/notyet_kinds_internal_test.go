package feeds

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/parser"
)

// What WordPress puts in place of a text that is behind a password is no post, in whatever language and wherever it stands.
func TestKindsOfNoticesInPlaceOfLockedText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("A cup of tea. ", 60)
	for _, c := range []struct {
		title, summary, content string
		want                    bool
	}{
		{"Secret", "There is no excerpt because this is a protected post.", "", true},
		{"Secret", "<p>There is no excerpt because this is a protected post.</p>\n<p>The post <a href=\"/s\">Secret</a> appeared first on <a href=\"/\">Tea</a>.</p>", "", true},
		{"Geheim", "Es gibt keinen Auszug, da dies ein geschützter Beitrag ist.", "", true},
		{"Geheim", "<p>Es gibt keine Kurzfassung, weil dies ein gesch&uuml;tzter Beitrag ist.</p>", "", true},
		{"Secret", "Il n&#8217;y a pas d&#8217;extrait, car cette publication est protégée.", "", true},
		{"Secret", "Il n'y a pas d'extrait, car cet article est protégé.", "", true},
		{"Secreto", "No hay extracto porque es una entrada protegida.", "", true},
		{"Segreto", "Non è disponibile alcun riassunto in quanto si tratta di un articolo protetto.", "", true},
		{"Geheim", "Er is geen samenvatting omdat dit een beschermd bericht is.", "", true},
		{"Segredo", "Não existe nenhum resumo porque esse é um post protegido.", "", true},
		{"Segredo", "Não há excerto porque este é um conteúdo protegido.", "", true},
		{"Secret", "", "<p>This content is password protected. To view it please enter your password below:</p>", true},
		{"Geheim", "", "<p>Dieser Inhalt ist passwortgeschützt. Um ihn anzusehen, gib bitte dein Passwort unten ein:</p>", true},
		{"Passordbeskyttet: Te", "", "", true}, {"Lösenordsskyddad: Te", "", "", true}, {"Adgangskodebeskyttet: Te", "", "", true},
		{"Προστατευμένο: Τσάι", "", "", true}, {"Zaštićeno: Čaj", "", "", true}, {"Chránené: Čaj", "", "", true}, {"محمي: شاي", "", "", true},
		{"מוגן: תה", "", "", true}, {"محافظت شده: چای", "", "", true}, {"Dilindungi: Teh", "", "", true}, {"受保護的文章：茶", "", "", true},
		{"Protected: the old forest", "", long, false}, {"Dilindungi: hutan", "", long, false},
		{"Secret", "There is no excerpt because this is a protected post.", long, false},
		{"No excerpt", "There is no excerpt today.", "", false},
		{"Excerpts", "Some say there is no excerpt because this is a protected post. Here is why.", "", false},
		{"Wald", "", "<p>Es gibt keinen Auszug der Rehe aus dem geschützten Wald.</p>", false},
		{"Protected areas", "", "<p>Tea.</p>", false},
		{"Herbata", "Brak zajawki, ponieważ wpis jest zabezpieczony hasłem.", "", true},
		{"茶", "この投稿はパスワードで保護されているため抜粋文はありません。", "", true},
		{"Чай", "Отрывка нет, потому что запись защищена.", "", true},
		{"茶", "无法提供摘要。这是一篇受保护的文章。", "", true},
		{"茶", "受保護的文章不會產生摘要。", "", true}, {"茶", "受密碼保護的文章不會產生內容摘要。", "", true},
		{"차", "잠긴 글에는 요약문이 없습니다.", "", true},
		{"Čaj", "Stručný obsah příspěvku zde není uveden, protože je tento příspěvek chráněn heslem.", "", true},
		{"Te", "No hi ha extracte perquè és una entrada protegida.", "", true},
		{"Çay", "Burada alıntı yok çünkü bu yazı korumalı.", "", true},
		{"Чай", "Уривка немає, тому що запис захищений.", "", true},
		{"Tea", "Nincs kivonat, mert ez egy védett tartalmú bejegyzés.", "", true},
		{"Τσάι", "Δεν υπάρχει απόσπασμα διότι το άρθρο είναι προστατευμένο.", "", true},
		{"Tee", "Otetta ei näytetä, koska artikkeli on suojattu.", "", true},
		{"Herbata", "", "<p>Ta treść jest chroniona hasłem. Aby ją zobaczyć, podaj hasło poniżej:</p>", true},
		{"茶", "", "<p>このコンテンツはパスワードで保護されています。閲覧するには以下にパスワードを入力してください。</p>", true},
		{"茶", "", "<p>这是一篇受密码保护的文章，您需要提供访问密码：</p>", true},
		{"Čaj", "", "<p>Tento obsah je chráněný heslem. Pro zobrazení zadejte heslo:</p>", true},
	} {
		if got := isLocked(parser.Item{Title: c.title, Summary: c.summary, Content: c.content}); got != c.want {
			t.Errorf("%s, %s %.60s: locked is %t", c.title, c.summary, c.content, got)
		}
	}
}

// People begin titles as engines do, and write about passwords: what has words of its own is a post like any other.
func TestKindsOfPostsThatOnlyLookLocked(t *testing.T) {
	t.Parallel()
	const words = "<p>Four of them rise in the same hills.</p>"
	for _, c := range []struct {
		title, content string
		want           bool
	}{
		{"خاص: مقابلة مع الكاتبة", words, false}, {"ÖZEL: Söyleşi", words, false}, {"خصوصی: گفتگو", words, false},
		{"Private: The Rise of Private Equity", words, false}, {"Privat: Marie räumt auf", words, false}, {"Private: Tea", "", false},
		{"Protected: the last wild rivers of Europe", words, false}, {"Geschützt: die letzten Flüsse", words, false},
		{"Protégé : un droit de parole", "<p>La parole est à vous.</p>", false}, {"Korumalı: Çay", "<p>Bu yazı parola ile açılır.</p>", true},
		{"Protected: a heron", `<p><img src="/heron.jpg" alt=""></p>`, false},
		{"Protected: Tea", "", true}, {"Protected: Tea", "<p>&nbsp;</p>", true},
		{"Protected: Tea", `<p>The post <a href="/tea">Protected: Tea</a> appeared first on <a href="/">Tea</a>.</p>`, true},
		{"Protected: Tea", "<p>Write to us for the password.</p>", true},
		{"Zaštićeno: Čaj", "<p>Sadržaj je zaštićen lozinkom.</p>", true},
		{"A form", `<p>This is a login form:</p><form><input type="password"></form><p>Style it as you like.</p>`, false},
		{"A form", `<form><p>Only for members: <input type=password name=pw></p></form>`, true},
		{"A form", `<form>Only for members: <input type=password></form><p>The post <a href="/a">A form</a> appeared first on <a href="/">Tea</a>.</p>`, true},
		{"A form", "<p>" + strings.Repeat("Its words. ", 20) + `</p><form><input type="password"></form>`, false},
	} {
		if got := isLocked(parser.Item{Title: c.title, Content: c.content}); got != c.want {
			t.Errorf("%s, %.60s: locked is %t", c.title, c.content, got)
		}
	}
}
