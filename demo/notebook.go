package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// notebook is the file in which the hospitals keep who is inside; the empty name keeps nothing.
type notebook string

// read returns the visits of the last run; none if there was none.
func (n notebook) read() ([]*visit, error) {
	if n == "" {
		return nil, nil
	}
	b, err := os.ReadFile(string(n))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the hospitals' notebook: %w", err)
	}
	var page []visit
	if err := json.Unmarshal(b, &page); err != nil {
		return nil, fmt.Errorf("read the hospitals' notebook %s: %w", n, err)
	}
	visits := make([]*visit, len(page))
	for i := range page {
		if page[i].Told < 0 {
			return nil, fmt.Errorf("read the hospitals' notebook %s: visit %d has told a negative number of steps", n, i+1)
		}
		visits[i] = &page[i]
	}
	return visits, nil
}

// write replaces the page. A reader finds the old one or the new one, never half of it.
func (n notebook) write(visits []*visit) error {
	if n == "" {
		return nil
	}
	b, err := json.Marshal(visits)
	if err != nil {
		return fmt.Errorf("write the hospitals' notebook: %w", err)
	}
	draft := string(n) + ".new"
	if err := os.WriteFile(draft, b, 0o600); err != nil {
		return fmt.Errorf("write the hospitals' notebook: %w", err)
	}
	if err := os.Rename(draft, string(n)); err != nil {
		return fmt.Errorf("write the hospitals' notebook: %w", err)
	}
	return nil
}
