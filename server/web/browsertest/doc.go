// Package browsertest gives a test a headless browser, because what a page does in one cannot be
// told from its source: content security policy, focus, shadow roots and what is fetched from
// elsewhere.
//
//	ctx := browsertest.Open(t)
//	seen := browsertest.Watch(t, ctx)
//	browsertest.Do(t, ctx, chromedp.Navigate(page))
//	browsertest.Until(t, ctx, `document.querySelector("h2") !== null`)
//	seen.Quiet(t)
//
// The browser is Chromium or Chrome, found on PATH, one for all tests of a process; each test has a
// tab of its own that shares nothing with others. Where there is none the test is skipped with a
// word on how to get one; with CI=true that is a failure, so that nobody mistakes an untested page
// for a good one. With BLOGHORN_SCREENSHOTS=folder, Picture also writes what it looks like, for
// people to judge.
package browsertest
