// Package browsertest gives a test a headless browser, because what a page does in one cannot be told from its source: content
// security policy, focus, shadow roots and what is fetched from elsewhere.
//
// The browser is Chromium or Chrome, found on PATH. Where there is none the test is skipped with a word on how to get one; with CI=true
// that is a failure, so that nobody mistakes an untested page for a good one.
package browsertest
