package matching

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"math"

	"github.com/goccy/go-yaml"
)

//go:embed weights.yaml
var weightsYAML []byte

// Chance is how often something is found of two records of one person (M), and of two different people (U); both above 0, at most 1.
type Chance struct {
	M float64 `yaml:"m"`
	U float64 `yaml:"u"`
}

// weight is what the finding says, in bits: log2 of the odds.
func (c Chance) weight() float64 { return math.Log2(c.M / c.U) }

// Rules are the weights and the threshold that comparisons go by.
type Rules struct {
	// Threshold is the weight from which a pair without an agreeing NHS number is a possible match.
	Threshold float64
	chances   [findings]Chance
	// weights are those of the chances; names of known frequency are computed each time.
	weights [findings]float64
}

// builtIn are the rules of this build. Rules that cannot be read are a defect of the build; a test reads them before anybody else does.
var builtIn = func() *Rules {
	r, err := ReadRules(weightsYAML)
	if err != nil {
		panic("matching: " + err.Error())
	}
	return r
}()

// BuiltIn gives the rules that [Compare] goes by: weights.yaml of this build.
func BuiltIn() *Rules { return builtIn }

// ReadRules reads and checks a weights file. What is missing, unknown or impossible in it is an error that names the place.
func ReadRules(b []byte) (*Rules, error) {
	var typed struct {
		Threshold float64           `yaml:"threshold"`
		NHSNumber map[string]Chance `yaml:"nhs number"`
		Family    map[string]Chance `yaml:"family name"`
		Given     map[string]Chance `yaml:"given name"`
		BirthDate map[string]Chance `yaml:"birth date"`
		Sex       map[string]Chance `yaml:"sex"`
		Postcode  map[string]Chance `yaml:"postcode"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&typed); err != nil {
		return nil, fmt.Errorf("read the weights: %w", err)
	}
	r := &Rules{Threshold: typed.Threshold}
	if !(r.Threshold > 0 && r.Threshold < 200) {
		return nil, errors.New("read the weights: the threshold must be above 0 and below 200")
	}
	for _, s := range []struct {
		of     what
		stated map[string]Chance
	}{
		{nhsNumber, typed.NHSNumber}, {familyName, typed.Family}, {givenName, typed.Given}, {birthDate, typed.BirthDate}, {sex, typed.Sex},
		{postcode, typed.Postcode},
	} {
		if err := r.take(s.of, s.stated); err != nil {
			return nil, fmt.Errorf("read the weights of %s: %w", s.of, err)
		}
	}
	return r, nil
}

// take checks the chances of one field: every finding once, no other, and none that contradicts itself.
func (r *Rules) take(of what, stated map[string]Chance) error {
	known := 0
	var agrees, differs float64
	for f := finding(1); f < findings; f++ {
		if about[f].of != of {
			continue
		}
		known++
		c, ok := stated[about[f].key]
		switch {
		case !ok:
			return fmt.Errorf("%q is missing", about[f].key)
		case !(c.M > 0 && c.M <= 1 && c.U > 0 && c.U <= 1):
			return fmt.Errorf("%q: m and u must be above 0 and at most 1", about[f].key)
		case about[f].degree == Differs && c.M >= c.U:
			return fmt.Errorf("%q: a difference must be found of strangers more often than of one person", about[f].key)
		}
		r.chances[f], r.weights[f] = c, c.weight()
		switch about[f].key {
		case "agrees":
			agrees = c.weight()
		case "differs":
			differs = c.weight()
		}
	}
	if len(stated) != known {
		return errors.New("there is a finding that is not known")
	}
	for f := finding(1); f < findings; f++ {
		if about[f].of == of && about[f].degree == InPart && (r.weights[f] > agrees || r.weights[f] < differs) {
			return fmt.Errorf("%q must lie between agreeing and differing", about[f].key)
		}
	}
	return nil
}
