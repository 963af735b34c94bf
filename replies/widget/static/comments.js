// @ts-check
/**
 * <bloghorn-comments>: the fediverse's answers under a post.
 *
 *   <script type="module" src="https://blog.example/fedi/widget/1/comments.js"></script>
 *   <bloghorn-comments post="https://blog.example/salt/"><a href="…/thread?url=…">Read the comments</a></bloghorn-comments>
 *
 * The markup is the server's: it is fetched as sanitised HTML and put into a shadow root. What stands inside the element stays visible until then,
 * and when something goes wrong. Nothing is fetched from anywhere but the server of this script.
 * A long thread comes in pages: what a link to more leads to takes the place of the link.
 *
 * Attributes  post     address of the post; else <link rel="canonical">, else the page's own without fragment
 *             api      address of the server; else that of this script
 *             loading  lazy (when it comes near the screen), eager, or manual (when load() is called)
 *             heading  level of the heading, 1 to 6, or none; else 2
 * State       data-state on the element: idle, loading, loaded, empty or error
 * Events      fedi:load with {post, url, replies, likes, boosts, quotes} after the first load and each change; fedi:error with {code, message}
 * Methods     load(), refresh() (asks whether something is new, and touches the page only if so); .data is what fedi:load had
 */

/** @typedef {{post: string, url: string, replies: number, likes: number, boosts: number, quotes: number}} ThreadData */

const name = "bloghorn-comments";
const css = "/* comments.css */"; // the server puts it here
const patience = 20_000; // milliseconds a server may take
const notYet = "Comments open when this post reaches the fediverse.";
const broken = "Comments could not be loaded.";

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/** @type {{createHTML(html: string): any} | undefined} */
let policy;

/**
 * Turns the server's HTML into what innerHTML takes. A page whose CSP names its Trusted Types has to name fedi-comments.
 * @param {string} html
 */
function trusted(html) {
  policy ??= /** @type {any} */ (globalThis).trustedTypes?.createPolicy("fedi-comments", { createHTML: (/** @type {string} */ s) => s }) ?? { createHTML: (s) => s };
  return policy.createHTML(html);
}

/** What went wrong, with a code for scripts. */
class Problem extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

class BloghornComments extends HTMLElement {
  static observedAttributes = ["post", "api", "heading", "loading"];

  /** @type {ThreadData | null} */ #data = null;
  /** @type {AbortController | null} */ #abort = null;
  /** @type {Promise<void> | null} */ #pending = null;
  /** @type {IntersectionObserver | null} */ #observer = null;
  /** @type {string | null} */ #etag = null;
  /** @type {string | null} */ #problem = null; // the code of what is shown as gone wrong
  /** @type {string[]} */ #opened = []; // of what was there more shown: ids of comments, "" for the thread itself
  #queued = false;
  #thread = document.createElement("div");
  #fallback = document.createElement("slot");
  #status = document.createElement("p");

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.#status.className = "fedi-status";
    this.#status.setAttribute("part", "status");
    this.#status.setAttribute("role", "status");
    root.append(this.#thread, this.#fallback, this.#status);
    root.addEventListener("click", (event) => this.#follow(event));
  }

  connectedCallback() {
    if (!this.dataset.state) this.#state("idle");
    this.#arm();
  }

  disconnectedCallback() {
    this.#disarm();
    this.#abort?.abort();
    if (this.dataset.state === "loading") this.#state("idle");
  }

  /** @param {string} attribute @param {string | null} old @param {string | null} now */
  attributeChangedCallback(attribute, old, now) {
    if (!this.isConnected || old === now || this.#queued) return;
    this.#queued = true; // several attributes may change at once
    queueMicrotask(() => {
      this.#queued = false;
      if (!this.isConnected) return;
      if (this.dataset.state === "idle") this.#arm();
      else if (attribute !== "loading") this.load();
    });
  }

  /** What the last fedi:load told; null before. */
  get data() {
    return this.#data;
  }

  /** Loads the thread now, whatever was there before. */
  async load() {
    this.#disarm();
    this.#etag = null;
    this.#opened = [];
    this.#state("loading");
    await this.#fetch();
  }

  /** Asks whether something is new. Before the first load it does nothing: loading="lazy" stays lazy. */
  async refresh() {
    if (this.dataset.state !== "idle") await (this.#pending ?? this.#fetch());
  }

  #arm() {
    this.#disarm();
    const when = this.getAttribute("loading");
    if (this.dataset.state !== "idle" || when === "manual") return;
    if (when === "eager") return void this.load();
    this.#observer = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && this.load(), { rootMargin: "400px" });
    this.#observer.observe(this);
  }

  #disarm() {
    this.#observer?.disconnect();
    this.#observer = null;
  }

  /** @param {string} state */
  #state(state) {
    if (this.dataset.state !== state) this.dataset.state = state;
    if (state === "loading") this.#say("Loading comments…");
  }

  /** @param {string} words @param {...Node} more */
  #say(words, ...more) {
    if (more.length || this.#status.textContent !== words) this.#status.replaceChildren(words, ...more);
  }

  /** @param {string} path */
  #address(path) {
    const base = this.getAttribute("api") || new URL("../../", import.meta.url).href;
    const address = new URL(path, new URL(base.replace(/\/*$/, "/"), document.baseURI));
    address.searchParams.set("url", this.#page());
    return address;
  }

  #page() {
    const canonical = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel~="canonical"][href]'));
    const page = new URL(this.getAttribute("post") || canonical?.href || location.href, document.baseURI);
    page.hash = "";
    return page.href;
  }

  #fetch() {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    const pending = this.#attempt(abort).finally(() => {
      if (this.#pending === pending) this.#pending = null;
    });
    return (this.#pending = pending);
  }

  /** @param {AbortController} abort */
  async #attempt(abort) {
    try {
      await this.#read(AbortSignal.any([abort.signal, AbortSignal.timeout(patience)]));
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(error);
    }
  }

  /** Asks for a page of the thread; null if it is the one that is known. @param {AbortSignal} signal @param {string} [cursor] */
  async #ask(signal, cursor) {
    const address = this.#address("comments");
    if (cursor) address.searchParams.set("cursor", cursor);
    const heading = this.getAttribute("heading");
    if (heading) address.searchParams.set("heading", heading);
    // no-cache: the browser asks with If-None-Match and answers from its own store at 304.
    const answer = await fetch(address, { signal, cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" });
    if (answer.status === 404) throw new Problem("not-found", notYet);
    if (!answer.ok) throw new Problem("http-" + answer.status, broken);
    const etag = answer.headers.get("etag");
    if (!cursor && etag && etag === this.#etag) return null;
    const template = document.createElement("template");
    template.innerHTML = trusted(await answer.text());
    signal.throwIfAborted();
    const section = /** @type {HTMLElement | null} */ (template.content.querySelector(".fedi"));
    if (!section) throw new Problem("not-understood", broken);
    sayWhen(section);
    return { etag, section };
  }

  /** @param {AbortSignal} signal */
  async #read(signal) {
    const now = await this.#ask(signal);
    if (!now) return;
    for (const id of this.#opened) {
      const link = linkToMore(now.section, id);
      if (link) await this.#extend(now.section, link, signal);
    }
    this.#show(now.section);
    this.#etag = now.etag;
  }

  /** Puts what a link to more leads to into the thread. @param {Element} section @param {HTMLElement} link @param {AbortSignal} signal */
  async #extend(section, link, signal) {
    const page = await this.#ask(signal, link.dataset.more);
    const ofThread = link.closest("li") === null;
    link.parentElement?.remove();
    const list = section.querySelector(":scope > .fedi-list");
    const first = page && list && graft(section, list, page.section.querySelector(":scope > .fedi-list"));
    const more = ofThread && page?.section.querySelector(":scope > .fedi-list ~ .fedi-more");
    if (more) section.append(more);
    return first;
  }

  /** Shows more where a reader wants it. @param {HTMLAnchorElement} link */
  #more(link) {
    const section = this.#thread.firstElementChild;
    if (this.#pending || !section) return;
    const id = link.closest("li")?.firstElementChild?.id ?? "";
    const abort = (this.#abort = new AbortController());
    link.setAttribute("aria-busy", "true");
    const pending = this.#extend(section, link, AbortSignal.any([abort.signal, AbortSignal.timeout(patience)]))
      .then((first) => {
        this.#opened.push(id);
        /** @type {HTMLElement | null | undefined} */ (first?.querySelector("article"))?.focus();
        this.#say("More comments loaded");
      })
      .catch((error) => {
        link.removeAttribute("aria-busy");
        if (abort.signal.aborted) return;
        console.warn(`<${name}> ${broken}`, error);
        this.#say((link.textContent = broken + " Try again"));
      })
      .finally(() => {
        if (this.#pending === pending) this.#pending = null;
      });
    this.#pending = pending;
  }

  /** @param {HTMLElement} now */
  #show(now) {
    const old = this.#thread.firstElementChild;
    const focus = /** @type {ShadowRoot} */ (this.shadowRoot).activeElement;
    if (old) morph(old, now);
    else this.#thread.append(now);
    if (focus && !focus.isConnected) /** @type {HTMLElement | null} */ (this.#thread.querySelector("[tabindex]"))?.focus();
    this.#tell(now.dataset);
    if (!old) this.#jump(location.hash.slice(1));
  }

  /** @param {DOMStringMap} counted */
  #tell({ post = "", url = "", replies, likes, boosts, quotes }) {
    const before = this.#data;
    this.#data = { post, url, replies: Number(replies), likes: Number(likes), boosts: Number(boosts), quotes: Number(quotes) };
    this.#fallback.remove();
    const grown = this.#data.replies - (before?.post === post ? before.replies : 0);
    this.#say(grown > 0 ? (before ? many(grown, "new comment") : many(grown, "comment") + " loaded") : "");
    this.#state(this.#data.replies || this.#data.quotes ? "loaded" : "empty");
    this.#emit("fedi:load", this.#data);
  }

  /** @param {any} error */
  #fail(error) {
    const code = error instanceof Problem ? error.code : "network";
    const message = error instanceof Problem ? error.message : broken;
    if (!(error instanceof Problem)) console.warn(`<${name}> ${message}`, error);
    if (!this.#data || this.dataset.state === "loading") this.#complain(code, message);
    this.#emit("fedi:error", { code, message });
  }

  /** Shows what went wrong. A thread that is there already stays as it is. @param {string} code @param {string} message */
  #complain(code, message) {
    if (this.#problem === code && this.dataset.state === "error") return; // it is said already
    this.#problem = code;
    this.#state("error");
    this.#thread.replaceChildren();
    this.#data = this.#etag = null;
    /** @type {ShadowRoot} */ (this.shadowRoot).insertBefore(this.#fallback, this.#status);
    if (code === "not-found") return this.#say(message);
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "fedi-button";
    retry.setAttribute("part", "action");
    retry.textContent = "Try again";
    retry.onclick = () => this.load();
    const there = document.createElement("a");
    there.href = this.#address("thread").href;
    there.textContent = "Read them on their own page";
    this.#say(message + " ", retry, " ", there);
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  /** Links within the thread: an address's fragment does not reach into a shadow root by itself. @param {Event} event */
  #follow(event) {
    const target = /** @type {Element} */ (event.target);
    const more = /** @type {HTMLAnchorElement | null | undefined} */ (target.closest?.("a[data-more]"));
    const { button, ctrlKey, metaKey, shiftKey, altKey } = /** @type {MouseEvent} */ (event);
    if (more && !button && !ctrlKey && !metaKey && !shiftKey && !altKey) {
      event.preventDefault();
      return this.#more(more);
    }
    const link = target.closest?.('a[href^="#fedi-c-"]');
    if (link && this.#jump(/** @type {HTMLAnchorElement} */ (link).hash.slice(1))) event.preventDefault();
  }

  /** @param {string} id */
  #jump(id) {
    const comment = id.startsWith("fedi-c-") && /** @type {ShadowRoot} */ (this.shadowRoot).getElementById(id);
    if (!comment) return false;
    comment.scrollIntoView({ block: "center" });
    comment.focus({ preventScroll: true });
    return true;
  }
}

/** Writes dates as this reader writes them. @param {HTMLElement} root */
function sayWhen(root) {
  const locale = /^en/.test(navigator.language) ? navigator.language : "en-GB"; // the words around are English
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    const minutes = Math.round((at.getTime() - Date.now()) / 60_000);
    time.title = at.toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
    if (minutes > -1) time.textContent = "just now";
    else if (minutes > -60) time.textContent = ago.format(minutes, "minute");
    else if (minutes > -60 * 24) time.textContent = ago.format(Math.round(minutes / 60), "hour");
    else if (minutes > -60 * 24 * 7) time.textContent = ago.format(Math.round(minutes / 60 / 24), "day");
    else time.textContent = at.toLocaleDateString(locale, { dateStyle: "long" });
  }
}

/** @param {number} n @param {string} thing */
function many(n, thing) {
  return n === 1 ? `1 ${thing}` : `${n} ${thing}s`;
}

/** The link to more answers below a comment, or with "" to more of the thread. @param {Element} section @param {string} id */
function linkToMore(section, id) {
  const place = id ? section.querySelector("#" + CSS.escape(id))?.parentElement : section;
  return /** @type {HTMLElement | null | undefined} */ (place?.querySelector(":scope > .fedi-more > [data-more]"));
}

/**
 * Adds comments to a list; of those that the thread has already, what is new below them. Returns the first that is new.
 * @param {Element} section @param {Element} list @param {Element | null} page @returns {Element | undefined}
 */
function graft(section, list, page) {
  /** @type {Element | undefined} */ let first;
  for (const comment of [...(page?.children ?? [])]) {
    const known = section.querySelector("#" + CSS.escape(comment.firstElementChild?.id ?? ""))?.parentElement;
    if (!known) {
      list.append(comment);
      first ??= comment;
      continue;
    }
    const answers = comment.querySelector(":scope > .fedi-answers");
    if (answers) {
      const place = known.querySelector(":scope > .fedi-answers") ?? known.appendChild(answers.cloneNode());
      const found = graft(section, /** @type {Element} */ (place), answers);
      first ??= found;
    }
    const more = comment.querySelector(":scope > .fedi-more");
    if (more && !known.querySelector(":scope > .fedi-more")) known.append(more);
  }
  return first;
}

/** By what a node is known again: its own id, or for a list item that of the comment in it. @param {Node} node */
function key(node) {
  if (!(node instanceof Element)) return "";
  const id = node.id || (node.localName === "li" && node.firstElementChild?.id);
  return id ? `${node.localName}#${id}` : "";
}

/**
 * Makes old look like now and keeps every node that is in both, so that focus, selection and opened warnings survive.
 * @param {Element} old @param {Element} now
 */
function morph(old, now) {
  for (const { name } of [...old.attributes]) if (!now.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const wanted = new Set([...now.childNodes].map(key));
  for (const node of [...old.childNodes]) if (key(node) && !wanted.has(key(node))) node.remove();
  const known = new Map([...old.childNodes].map((node) => [key(node), node]));
  let at = old.firstChild;
  for (const want of [...now.childNodes]) {
    const have = key(want) ? known.get(key(want)) : at && !key(at) && at.nodeName === want.nodeName ? at : undefined;
    if (!have) {
      old.insertBefore(want, at);
      continue;
    }
    if (have === at) at = at.nextSibling;
    else old.insertBefore(have, at);
    if (have instanceof Element) morph(have, /** @type {Element} */ (want));
    else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

if (!customElements.get(name)) customElements.define(name, BloghornComments);
