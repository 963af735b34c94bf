// An independent ActivityPub server for Bloghorn's tests. It is built on Fedify because Fedify checks what others let pass: a body that
// does not match its signed digest, or an old Date, is refused, so what turns up under /received was signed correctly.
//
// It speaks plain http on loopback, has one actor and keeps everything in memory. When it is ready it prints one line of JSON,
// {"origin", "control", "actor"}; it exits when its standard input ends, so that a test that is killed leaves no process behind.
// Environment: PORT and CONTROL_PORT (default 0: any free one) and SPEC, the signature that it tries first on a server it does not know:
// rfc9421 (default) or draft-cavage-http-signatures-12. ?spec= on a control call chooses for that call. /deliver and /fetch sign once
// with exactly that one; the other calls do as Fedify does: on a 401 they try the other and remember the answer for the origin. Where
// TAKES names one of the two, requests signed by the other are answered 401, unread, as by a server that knows no other.
//
// The control API is described in testdata/README.md. Whoever follows this actor is accepted at once.
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID as uuid, webcrypto } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createFederation, generateCryptoKeyPair, MemoryKvStore, signRequest, verifyObject } from "@fedify/fedify";
import * as V from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";

const ME = "peer", SPECS = ["rfc9421", "draft-cavage-http-signatures-12"], DEFAULT_SPEC = process.env.SPEC || SPECS[0], TAKES = process.env.TAKES;
process.stdin.resume().on("close", () => process.exit(0)); // nothing else tells us that a Go test has died

const received = [], rejected = [], requests = [], inbound = new AsyncLocalStorage(); // inbound: the request being served
const followers = new Map(), following = new Map(), sent = new Map(), notes = new Map(), deleted = new Set();
// 2048 bits are what Mastodon uses; Fedify's own generator makes 4096, which slows the start. With the Ed25519 key Fedify adds an
// object integrity proof to what it sends, as servers in the wild do: Bloghorn has to read past it.
const RSA = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
const newKey = () => webcrypto.subtle.generateKey(RSA, true, ["sign", "verify"]);
const keys = [await newKey(), await generateCryptoKeyPair("Ed25519")];

function federation(firstKnock) {
  const f = createFederation({ kv: new MemoryKvStore(), origin: ORIGIN, allowPrivateAddress: true, firstKnock });
  f.setActorDispatcher("/users/{identifier}", actor).setKeyPairsDispatcher((_, name) => name === ME ? keys : []);
  f.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [...followers.values()] }));
  f.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
  f.setObjectDispatcher(V.Note, "/users/{identifier}/notes/{id}", (ctx, { id }) => note(ctx, notes.get(noteId(ctx, id).href)));
  f.setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .setSharedKeyDispatcher(() => ({ identifier: ME })) // whom Fedify signs as when it fetches a key for the shared inbox
    .on(V.Follow, onFollow).on(V.Undo, onUndo).on(V.Accept, onAnswer).on(V.Reject, onAnswer).on(V.Activity, record)
    .onError((_, err) => void rejected.push({ path: inbound.getStore()?.path, reason: String(err) }))
    .onUnverifiedActivity((_, a, reason) => void rejected.push({ ...summary(a), reason: reason.type }));
  return f;
}

async function actor(ctx, name) {
  if (name !== ME) return null;
  const pairs = await ctx.getActorKeyPairs(name);
  return new V.Person({
    id: ctx.getActorUri(name), preferredUsername: name, name: "Pia Peer", summary: "<p>Reads blogs.</p>", url: new URL(`/@${name}`, ORIGIN),
    inbox: ctx.getInboxUri(name), outbox: ctx.getOutboxUri(name), followers: ctx.getFollowersUri(name),
    endpoints: new V.Endpoints({ sharedInbox: ctx.getInboxUri() }),
    publicKey: pairs[0].cryptographicKey, assertionMethods: pairs.map(p => p.multikey),
  });
}

const noteId = (ctx, key) => ctx.getObjectUri(V.Note, { identifier: ME, id: key });
function note(ctx, n) {
  if (!n) return null;
  const { author, readers, ...rest } = n;
  const tags = author ? [new V.Mention({ href: author.id, name: `@${author.preferredUsername}@${author.id.host}` })] : [];
  return new V.Note({ ...rest, url: n.id, attribution: ctx.getActorUri(ME), tags, ...publicly(ctx, author) });
}
const publicly = (ctx, person) => ({ to: V.PUBLIC_COLLECTION, ccs: [ctx.getFollowersUri(ME), ...(person ? [person.id] : [])] });
const newActivity = (ctx, Type, values) =>
  new Type({ id: new URL(`/${Type.name.toLowerCase()}/${uuid()}`, ORIGIN), actor: ctx.getActorUri(ME), ...values });

// ---- what arrives
function summary(a) {
  const { path, spec } = inbound.getStore();
  return { type: a.constructor.name, id: a.id?.href, actor: a.actorId?.href, object: a.objectId?.href, spec, path };
}
const record = (ctx, a) => void received.push({ ...summary(a), raw: JSON.parse(inbound.getStore().body) });
async function onFollow(ctx, follow) {
  record(ctx, follow);
  const who = await follow.getActor(ctx);
  followers.set(who.id.href, who);
  await ctx.sendActivity({ identifier: ME }, who, newActivity(ctx, V.Accept, { object: follow }));
}
async function onUndo(ctx, undo) {
  record(ctx, undo);
  if (await undo.getObject(ctx) instanceof V.Follow) followers.delete(undo.actorId?.href);
}
function onAnswer(ctx, a) {
  record(ctx, a);
  if (following.has(a.actorId?.href)) following.set(a.actorId.href, a instanceof V.Accept ? "accepted" : "rejected");
}

// ---- what the test orders
const commands = {
  "GET /received": ({ query }) => received.filter(a => !query.get("type") || a.type === query.get("type")),
  "GET /rejected": () => rejected,
  "GET /requests": () => requests.map(({ body, ...rest }) => rest),
  "GET /state": () => ({ followers: [...followers.keys()], following: Object.fromEntries(following), notes: [...notes.keys()] }),
  async "POST /follow"({ ctx, look, send, target }) {
    const who = await look(target);
    following.set(who.id.href, "requested");
    return send(who, newActivity(ctx, V.Follow, { object: who.id, to: who.id }));
  },
  "POST /unfollow": call => {
    const follow = [...sent.values()].findLast(({ activity: a }) => a instanceof V.Follow && a.objectId.href === call.target);
    return following.delete(call.target) ? commands["POST /undo"]({ ...call, id: follow.activity.id.href }) : fail("not followed");
  },
  "POST /undo": ({ ctx, send, id }) => {
    const { to, activity } = known(sent, id);
    return send(to, newActivity(ctx, V.Undo, { object: activity, to: activity.toId, ccs: [...activity.ccIds] }));
  },
  async "POST /like"({ ctx, find, send, object }) {
    const { post, author } = await find(object);
    return send(author, newActivity(ctx, V.Like, { object: post.id, to: author.id }));
  },
  async "POST /announce"({ ctx, find, send, object }) {
    const { post, author } = await find(object), values = { object: post.id, published: Temporal.Now.instant(), ...publicly(ctx, author) };
    return send([author, ...followers.values()], newActivity(ctx, V.Announce, values));
  },
  "POST /post": call => publish(call),
  "POST /reply": call => call.find(call.inReplyTo).then(({ post, author }) => publish(call, post.id, author)),
  "POST /update": ({ ctx, send, id, content }) => {
    const n = Object.assign(known(notes, id), { content, updated: Temporal.Now.instant() });
    return send(n.readers, newActivity(ctx, V.Update, { object: note(ctx, n), updated: n.updated, ...publicly(ctx, n.author) }));
  },
  "POST /delete": ({ ctx, send, id }) => {
    const n = known(notes, id), object = new V.Tombstone({ id: n.id });
    notes.delete(id), deleted.add(n.id.pathname);
    return send(n.readers, newActivity(ctx, V.Delete, { object, ...publicly(ctx, n.author) }));
  },
  "POST /deliver": call => {
    const headers = { "content-type": "application/activity+json" }, body = JSON.stringify(call.activity);
    return exchange(call, new Request(call.inbox, { method: "POST", headers, body }), body);
  },
  // Whether the proof of a document (FEP-8b32) is one of its actor's keys over exactly this document.
  "POST /verify": async ({ document, loaders }) => ({ verified: await verifyObject(V.Activity, document, loaders) !== null }),
  "POST /fetch": call => exchange(call, new Request(call.url, { headers: { accept: call.accept ?? "application/activity+json" } })),
};

const known = (map, id) => map.get(id) ?? fail(`${id} is not an id that an earlier call answered`);
const fail = message => { throw new Error(message); };
async function publish({ ctx, look, send, content, mention, quiet }, replyTarget, author) {
  const n = { id: noteId(ctx, uuid()), content, published: Temporal.Now.instant(), replyTarget, author };
  const mentioned = mention ? [await look(mention)] : []; // whoever answers an answer also writes to the author of the post
  n.readers = quiet ? [] : [...(author ? [author] : []), ...mentioned, ...followers.values()]; // quiet: whoever hears of it, hears it elsewhere
  notes.set(n.id.href, n); // before it is sent: the receiver may fetch it while we wait for its answer
  return send(n.readers, newActivity(ctx, V.Create, { object: note(ctx, n), published: n.published, ...publicly(ctx, author) }));
}

// exchange sends one request, spoiled as mode says, and answers with what came back.
async function exchange({ ctx, spec, mode = "ok", at, keyId = `${ctx.getActorUri(ME).href}#main-key` }, request, body) {
  const { privateKey } = mode === "wrongkey" ? await newKey() : keys[0];
  const currentTime = mode !== "olddate" ? undefined : at ? Temporal.Instant.from(at) : Temporal.Now.instant().subtract({ hours: 26 });
  if (mode !== "unsigned") request = await signRequest(request, privateKey, new URL(keyId), { spec, currentTime });
  const headers = Object.fromEntries(request.headers);
  // One character of the signature itself: draft-cavage writes signature="…", RFC 9421 writes sig1=:…:
  if (mode === "badsig") headers.signature = headers.signature.replace(/(signature="|=:)(.)/, (_, start, c) => start + (c === "A" ? "B" : "A"));
  if (mode === "baddigest") body += " ";
  const answer = await fetch(request.url, { method: request.method, headers, body, redirect: "manual" });
  return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.text() };
}

// ---- the two listeners
async function serve(req, res) {
  const body = Buffer.concat(await req.toArray()), spec = req.headers["signature-input"] ? SPECS[0] : req.headers.signature ? SPECS[1] : "none";
  const entry = { method: req.method, path: req.url, spec, body: body.toString() };
  requests.push(entry);
  const request = new Request(ORIGIN + req.url, { method: req.method, headers: req.headers, ...(body.length && { body }) });
  const answer = TAKES && spec !== "none" && spec !== TAKES ? new Response(`only ${TAKES} is taken`, { status: 401 })
    : deleted.has(req.url) ? new Response("gone", { status: 410 })
    : await inbound.run(entry, () => federations[DEFAULT_SPEC].fetch(request, {}));
  entry.status = answer.status;
  res.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
}

async function control(req, res) {
  const answer = (status, value) => res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  try {
    const url = new URL(req.url, ORIGIN), body = Buffer.concat(await req.toArray()), command = commands[`${req.method} ${url.pathname}`];
    if (!command) return answer(404, { error: `no command ${req.method} ${url.pathname}` });
    answer(200, await command(await makeCall(url.searchParams, body.length ? JSON.parse(body) : {})));
  } catch (err) {
    answer(502, { error: [err.message, err.cause?.message].filter(Boolean).join(": ") });
  }
}

// makeCall joins what the test asked for with what the commands need; everything they read is fetched with signed GETs.
async function makeCall(query, args) {
  const spec = query.get("spec") || DEFAULT_SPEC, federation = federations[spec] ?? fail(`no signature is called ${spec}`);
  const ctx = federation.createContext(new URL(ORIGIN), {});
  const loaders = { documentLoader: await ctx.getDocumentLoader({ identifier: ME }), contextLoader: ctx.contextLoader };
  const look = async id => await ctx.lookupObject(id, loaders) ?? fail(`nothing readable at ${id}`);
  const authorOf = async post => await post.getAttribution(loaders) ?? fail(`${post.id} has no readable author`);
  const find = async id => look(id).then(async post => ({ post, author: await authorOf(post) }));
  async function send(to, activity) {
    sent.set(activity.id.href, { to, activity });
    await ctx.sendActivity({ identifier: ME }, to, activity, { preferSharedInbox: args.shared });
    return { id: activity.id.href, object: activity.objectId?.href };
  }
  return { ...args, query, spec, ctx, loaders, look, find, send };
}

// ---- start: the ids contain the port, so the sockets come first
const server = createServer((req, res) => serve(req, res).catch(() => res.destroy())).listen(+(process.env.PORT || 0), "127.0.0.1");
const controller = createServer(control).listen(+(process.env.CONTROL_PORT || 0), "127.0.0.1");
await Promise.all([server, controller].map(s => s.listening || once(s, "listening")));
const originOf = s => `http://127.0.0.1:${s.address().port}`, ORIGIN = originOf(server);
// One federation for each signature to try first: Fedify takes that choice once, when it is made.
const federations = Object.fromEntries(SPECS.map(spec => [spec, federation(spec)]));
console.log(JSON.stringify({ origin: ORIGIN, control: originOf(controller), actor: `${ORIGIN}/users/${ME}` }));
