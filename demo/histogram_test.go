package demo

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAQuantileIsNeverTooShortAndAtMostThreePercentTooLong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		durations := rapid.SliceOfN(rapid.Int64Range(0, int64(time.Hour)), 1, 200).Draw(t, "durations")
		var whole, first, second Histogram
		for i, d := range durations {
			whole.Record(time.Duration(d))
			if i%2 == 0 {
				first.Record(time.Duration(d))
			} else {
				second.Record(time.Duration(d))
			}
		}
		first.Merge(&second)
		if first != whole {
			t.Fatal("two halves merged differ from the whole")
		}
		part := rapid.Float64Range(0, 1).Draw(t, "part")
		within := 0
		q := whole.Quantile(part)
		for _, d := range durations {
			if time.Duration(d) <= q {
				within++
			}
		}
		if float64(within) < part*float64(len(durations))-0.001 {
			t.Fatalf("only %d of %d are within %s", within, len(durations), q)
		}
		shorter := 0
		for _, d := range durations {
			if float64(d) < float64(q)/1.035 {
				shorter++
			}
		}
		if shorter >= 1+int(part*float64(len(durations))+0.001) {
			t.Fatalf("%d of %d are much shorter than %s", shorter, len(durations), q)
		}
	})
}

func TestHistogramAtItsEnds(t *testing.T) {
	var h Histogram
	if h.Quantile(0.5) != 0 || h.Mean() != 0 || h.Max() != 0 {
		t.Error("an empty histogram knows durations")
	}
	for _, d := range []time.Duration{-time.Second, 0, 1, 31, 32, 33, 1<<63 - 1} {
		h.Record(d)
	}
	if h.Count() != 7 || h.Max() != 1<<63-1 || h.Quantile(1) != 1<<63-1 || h.Quantile(0) != 0 {
		t.Errorf("count %d, max %d, quantiles %d %d", h.Count(), h.Max(), h.Quantile(0), h.Quantile(1))
	}
	for bucket := range 60 * subBuckets / 2 {
		if highest := highestOf(bucket); bucketOf(uint64(highest)) != bucket || bucketOf(uint64(highest)+1) != bucket+1 {
			t.Fatalf("bucket %d does not end at %d", bucket, highest)
		}
	}
}
