package journal

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Cut is where the journal begins, once entries at its beginning were let go because nothing is held any more that they explain: the last one that is
// gone. The zero Cut is a journal that is whole. An entry of the kind [JournalCut] tells of each in the chain itself.
type Cut struct {
	Number int64
	// Hash is that of the entry, from which the first one that is held goes on.
	Hash [32]byte
}

// CutAt is the cut after an entry.
func CutAt(e Entry) Cut { return Cut{e.Number, e.Hash} }

// String is the cut as it stands in the entry that tells of it: "1042 9f86d0…".
func (c Cut) String() string {
	return strconv.FormatInt(c.Number, 10) + " " + hex.EncodeToString(c.Hash[:])
}

// ParseCut reads what String wrote.
func ParseCut(text string) (Cut, error) {
	number, digits, _ := strings.Cut(text, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	hash, hexErr := hex.DecodeString(digits)
	if err != nil || hexErr != nil || n < 1 || len(hash) != 32 {
		return Cut{}, fmt.Errorf("%w: where it was cut is not readable", ErrBroken)
	}
	return Cut{n, [32]byte(hash)}, nil
}
