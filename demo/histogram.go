package demo

import (
	"math/bits"
	"time"
)

// Histogram counts durations in buckets that are about 3 % wide, so that recording costs nanoseconds and any number of durations takes
// the same memory. The zero value is empty. It is for one goroutine.
type Histogram struct {
	buckets [histogramBuckets]uint64
	count   uint64
	sum     time.Duration
	max     time.Duration
}

// subBuckets is how many buckets each doubling has; 64 doublings cover every duration.
const (
	subBits          = 5
	subBuckets       = 1 << subBits
	histogramBuckets = 64 * subBuckets
)

// bucketOf finds the bucket of a number of nanoseconds: below subBuckets one each, above that by the leading bits.
func bucketOf(ns uint64) int {
	if ns < subBuckets {
		return int(ns)
	}
	shift := bits.Len64(ns) - subBits - 1
	return (shift+1)*subBuckets + int(ns>>shift) - subBuckets
}

// highestOf is the longest duration that falls into a bucket.
func highestOf(bucket int) time.Duration {
	if bucket < subBuckets {
		return time.Duration(bucket)
	}
	shift := bucket/subBuckets - 1
	return time.Duration(uint64(bucket%subBuckets+subBuckets+1)<<shift - 1)
}

// Record counts a duration; a negative one as zero.
func (h *Histogram) Record(d time.Duration) {
	d = max(d, 0)
	h.buckets[bucketOf(uint64(d))]++
	h.count++
	h.sum += d
	h.max = max(h.max, d)
}

// Merge adds what another histogram has counted.
func (h *Histogram) Merge(other *Histogram) {
	for i, n := range other.buckets {
		h.buckets[i] += n
	}
	h.count += other.count
	h.sum += other.sum
	h.max = max(h.max, other.max)
}

// Count is how many durations were recorded.
func (h *Histogram) Count() int { return int(h.count) }

// Max is the longest duration recorded, exactly.
func (h *Histogram) Max() time.Duration { return h.max }

// Mean is the average; zero if nothing was recorded.
func (h *Histogram) Mean() time.Duration {
	if h.count == 0 {
		return 0
	}
	return h.sum / time.Duration(h.count)
}

// Quantile is the duration within which the given part (0 to 1) of all durations lie, at most 3 % too long; zero if nothing was recorded.
func (h *Histogram) Quantile(part float64) time.Duration {
	if h.count == 0 {
		return 0
	}
	wanted := min(max(uint64(part*float64(h.count)+0.999999), 1), h.count)
	seen := uint64(0)
	for i, n := range h.buckets {
		if seen += n; seen >= wanted {
			return min(highestOf(i), h.max)
		}
	}
	return h.max
}
