package eval

// A Comparison is two formulas measured on the same questions, question by question.
type Comparison struct {
	Whole   Figures  `json:"whole"`
	Without Figures  `json:"without"`
	Won     []string `json:"won"`  // ids of the questions that the whole formula has right at 1 and the other has not
	Lost    []string `json:"lost"` // and the other way about
}

// Compare scores two runs of the same questions.
func Compare(questions []Question, whole, without []Run) Comparison {
	c := Comparison{Score(questions, whole), Score(questions, without), []string{}, []string{}}
	first, second := rightAtOne(questions, whole), rightAtOne(questions, without)
	for _, q := range questions {
		switch {
		case first[q.ID] && !second[q.ID]:
			c.Won = append(c.Won, q.ID)
		case second[q.ID] && !first[q.ID]:
			c.Lost = append(c.Lost, q.ID)
		}
	}
	return c
}

// rightAtOne tells by id which answerable questions have a right passage first.
func rightAtOne(questions []Question, runs []Run) map[string]bool {
	first := map[string]Run{}
	for _, run := range runs {
		first[run.ID] = run
	}
	at := map[string]bool{}
	for _, q := range questions {
		if run := first[q.ID]; q.Answerable && len(run.Passages) > 0 {
			at[q.ID] = right(q, run.Passages[0])
		}
	}
	return at
}
