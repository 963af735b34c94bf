// Package delivery brings activities to inboxes. It is a queue in two tables and one loop over them.
//
//	Enqueue, in the caller's transaction          Worker.Run
//	  activities: the exact bytes, once    ─►  claim: due rows, shuffled, leased in one statement per activity
//	  deliveries: one row per inbox               ↓
//	                                       lanes: two requests at a time per host
//	                                              ↓
//	                                       attempt: sign, POST, judge the answer
//	                                              ↓
//	                                       settle: hundreds of rows in one transaction, with the token of the claim
package delivery
