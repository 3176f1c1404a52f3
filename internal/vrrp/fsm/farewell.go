package fsm

import "time"

// The goodbye to the router that we have made way for is repeated until it
// answers: on a network that loses packets it may otherwise never hear that it
// has to announce itself. Nobody waits long for one that has died meanwhile:
// after each of its adverts there are a few attempts only.
const (
	farewellRounds = 3 // adverts of the winner
	farewellTimes  = 3 // attempts after the first one of a round
	farewellLeast  = 20 * time.Millisecond
	farewellMost   = 250 * time.Millisecond
)

// farewell is what a router remembers that was master until now.
type farewell struct {
	rounds int // 0: nothing to be answered
	left   int
	heard  instant // the winner's last advert
}

// expectAnswer begins when the winner has been told.
func (m *Machine) expectAnswer(i *instance) {
	i.farewell.rounds = farewellRounds
	m.farewellRound(i)
}

func (m *Machine) farewellRound(i *instance) {
	i.farewell.left, i.farewell.heard = farewellTimes, m.now
	m.start(i, timerFarewell, i.farewellGap())
}

func (m *Machine) noFarewell(i *instance) {
	i.farewell = farewell{}
	m.cancel(i, timerFarewell)
}

// farewellGap is a quarter of the winner's interval, so that a round is over
// before its next advert.
func (i *instance) farewellGap() time.Duration {
	return min(max(i.activeInt/4, farewellLeast), farewellMost)
}

// notAnswered says goodbye again.
func (m *Machine) notAnswered(i *instance) {
	m.goodbye(i, i.masterAddr)
	if i.farewell.left--; i.farewell.left > 0 {
		m.start(i, timerFarewell, i.farewellGap())
	}
}

// heardWinner looks at an advert of the master. The answer to a goodbye is sent
// at once, earlier than an advert would be due.
func (m *Machine) heardWinner(i *instance) {
	if i.farewell.rounds == 0 {
		return
	}
	i.farewell.rounds--
	if m.now.sub(i.farewell.heard) < i.activeInt*3/4 || i.farewell.rounds == 0 {
		m.noFarewell(i)
		return
	}
	m.goodbye(i, i.masterAddr)
	m.farewellRound(i)
}
