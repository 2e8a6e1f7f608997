package feeds

import "context"

// Poll polls every feed once, one after the other.
func (fs *Followers) Poll(ctx context.Context) {
	for _, f := range fs.followers {
		f.Poll(ctx)
	}
}
