package main

import "github.com/ucpalert/ucpalert/subscribers"

// statuses tells the boards how what they depend on stands: each room that knows a part of it fills that in. The screens are the hub's own.
func (n node) statuses(parts ...subscribers.StatusPart) subscribers.Statuses {
	return subscribers.StatusOf(func(err error) { n.log.Warn("a part of the boards' status is not known just now", "error", err) }, parts...)
}
