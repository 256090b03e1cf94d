package gateway

import "sync"

const memosAtMost = 10_000

// A memo remembers the answers to a question that is costly to ask; the oldest are forgotten first.
type memo struct {
	mu    sync.Mutex
	known map[string]bool
	order []string
}

// recall is the answer for a key, asked for where it is not known. What ask itself is not sure of is not remembered.
func (m *memo) recall(key string, ask func() (answer, sure bool)) bool {
	m.mu.Lock()
	answer, known := m.known[key]
	m.mu.Unlock()
	if known {
		return answer
	}
	answer, sure := ask()
	if !sure {
		return answer
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[string]bool{}
	}
	if _, known := m.known[key]; !known {
		if len(m.order) >= memosAtMost {
			delete(m.known, m.order[0])
			m.order = m.order[1:]
		}
		m.order = append(m.order, key)
	}
	m.known[key] = answer
	return answer
}
