package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// outsideCommand sends arrivals to the crowd's departments from a process of its own, as hospitals do. In the process of the crowd a message, and its
// answer, would wait for their turn behind ten thousand screens, and that would be measured.
type outsideCommand struct {
	Address string `required:""`
	Rate    int    `required:""`
	First   int    `required:""`
	Count   int    `required:""`
}

// outsideReport is what the process says when the last message is answered.
type outsideReport struct {
	Answers int           // of the messages begun while counting
	P99     time.Duration // of them
	Longest time.Duration // of them
	Resent  int64         // messages sent again
}

// countOrder and stopOrder are the lines that tell the process from when to when answers count.
const (
	countOrder = "count"
	stopOrder  = "stop"
)

// Run sends, and prints the report as JSON.
func (c outsideCommand) Run(ctx context.Context) error {
	a := newArrivals(c.Address, c.Rate)
	a.place, a.expect = everywhere, func(int) int { return 0 }
	go func() { // ends with the process
		for orders := bufio.NewScanner(os.Stdin); orders.Scan(); {
			a.counting.Store(orders.Text() == countOrder)
		}
	}()
	if err := a.send(ctx, c.First, c.Count); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(outsideReport{
		Answers: a.answers.Count(), P99: a.answers.Quantile(0.99), Longest: a.answers.Max(), Resent: a.resent.Load(),
	})
}

// outside is that process.
type outside struct {
	process *exec.Cmd
	orders  io.WriteCloser
	report  chan outsideReport
	fault   error // set before report is closed
}

// sendOutside starts the process; it ends with the last answer, or with the context.
func sendOutside(ctx context.Context, address string, rate, first, count int) (*outside, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	o := &outside{report: make(chan outsideReport, 1)}
	o.process = exec.CommandContext(ctx, program, "bench-arrivals", "--address", address,
		"--rate", strconv.Itoa(rate), "--first", strconv.Itoa(first), "--count", strconv.Itoa(count))
	o.process.Stderr = os.Stderr
	if o.orders, err = o.process.StdinPipe(); err != nil {
		return nil, err
	}
	answer, err := o.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := o.process.Start(); err != nil {
		return nil, fmt.Errorf("start the process that sends arrivals: %w", err)
	}
	go o.hear(answer) // ends with the process, whose end is waited for
	return o, nil
}

func (o *outside) hear(answer io.Reader) {
	defer close(o.report)
	var r outsideReport
	err := json.NewDecoder(answer).Decode(&r)
	if ended := o.process.Wait(); ended != nil {
		err = ended
	}
	if err != nil {
		o.fault = fmt.Errorf("send arrivals: %w", err)
		return
	}
	o.report <- r
}

// order tells the process what to do.
func (o *outside) order(word string) error {
	_, err := io.WriteString(o.orders, word+"\n")
	return err
}

// wait waits for the report.
func (o *outside) wait() (outsideReport, error) {
	r, there := <-o.report
	if !there {
		return r, o.fault
	}
	return r, nil
}
