// Package keyring holds the private keys of our actors: it makes, seals, rotates and uses them.
// They are in the database, sealed with the secret of the data folder, and never leave in clear.
//
//	keyring  the keys, and what is wrong with them
//	seal     how a private key is kept in the database
//	use      who signs what with which key; parsed keys are kept in memory for a while
//	rotate   a new key, when servers learn of it, and when it signs
//	prove    integrity proofs (FEP-8b32) on what others pass on
//
// A key's id carries a part that is never used again: servers such as GoToSocial keep a key by its
// id for good.
package keyring
