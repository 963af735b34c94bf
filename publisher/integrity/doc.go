// Package integrity signs what is said, and not only the request that carries it: object integrity
// proofs (FEP-8b32) by the cryptosuite eddsa-jcs-2022 (Data Integrity EdDSA Cryptosuites v1.0
// §3.3), with keys as FEP-521a publishes them.
//
//	document without proof ─► JCS ─► SHA-256 ──┐
//	proof without its value ─► JCS ─► SHA-256 ─┴─► Ed25519 ─► proofValue
//
// A proof lets a document be believed that somebody else passes on: a server that forwards a reply,
// a group that announces it. It says who wrote the document and nothing about what they may do;
// whose key it is, and whether that is the actor, is the caller's to ask.
//
// There is no JSON-LD here. The context is part of what is signed, as bytes: a document whose
// context is longer than that of its proof is read as if it had only the beginning, as the
// cryptosuite says, and a rearranged one does not verify.
package integrity
