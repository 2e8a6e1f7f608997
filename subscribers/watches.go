package subscribers

import (
	"context"
	"time"
)

// ScreenCount says how many screens of a department a node, or all nodes, hold open, and how many of these somebody can see.
type ScreenCount struct {
	Department         string
	Connected, Visible int
}

// Watch says whether somebody can see a department's board, on any node.
type Watch struct {
	ScreenCount
	// Watched is what was journalled last, and Since when; Since is zero for a department that never had a visible screen.
	Watched bool
	Since   time.Time
}

// Watches keeps which departments have a visible screen, for all nodes.
type Watches interface {
	// NoteScreens keeps what a node says of some of its departments, until an instant, and forgets whatever has run out by now.
	NoteScreens(ctx context.Context, node string, counts []ScreenCount, now, until time.Time) error
	// Watches sums up what all nodes say now, with every department that ever had a visible screen, in the order of the departments.
	Watches(ctx context.Context, now time.Time) ([]Watch, error)
	// NoteWatched keeps that a department's board can be seen again, or no longer, and journals it, unless that is what was kept last:
	// then it writes nothing and changed is false. Of several nodes that tell at once, one changes it.
	NoteWatched(ctx context.Context, department string, watched bool, at time.Time, reason string) (changed bool, err error)
}

// ConnectedScreen is one screen that is connected to this node now.
type ConnectedScreen struct {
	Department, Account string
	// Name and Version are what the client says of itself; empty if it says nothing.
	Name, Version string
	Visible       bool
	Since         time.Time
	// Receipt is when it last gave a receipt, of an alert or of the check; zero if it has given none.
	Receipt time.Time
	// Behind is how many entries of its department's room it was not sent yet, of those that the node holds in memory.
	Behind int
}
