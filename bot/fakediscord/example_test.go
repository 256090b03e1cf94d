package fakediscord_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"archivist/bot/fakediscord"
)

// A person asks, and a bot of one line answers by the raw API.
func Example() {
	d, err := fakediscord.New(fakediscord.Options{Token: "secret"})
	if err != nil {
		panic(err)
	}
	defer d.Close()
	news := d.Guild("Herald readers").Channel("news")
	ann := d.Person("Ann")
	call := func(method, path, body string) {
		r, err := http.NewRequest(method, d.APIBase()+path, strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		r.Header.Set("Authorization", "Bot secret")
		r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
		r.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			panic(err)
		}
		if err := resp.Body.Close(); err != nil {
			panic(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	question, err := ann.Type(ann.DM(), "When does the ferry run?")
	if err != nil {
		panic(err)
	}
	call("POST", "/channels/"+question.Channel+"/messages", `{"content":"Twice a day.","nonce":"1","enforce_nonce":true,
		"allowed_mentions":{"parse":[]},"message_reference":{"message_id":"`+question.ID+`"}}`)
	call("POST", "/channels/"+news.ID()+"/messages", `{"content":"@everyone"}`) // breaks rules 24 and 29
	if _, err := ann.DM().Answer(ctx, question); err != nil {
		panic(err)
	}
	fmt.Print(d.Transcript())
	for _, v := range d.Violations() {
		fmt.Println(v.Check)
	}
	// Output:
	// Ann in a direct message: When does the ferry run?
	// archivist in a direct message:
	//   Twice a day.
	// archivist in #news:
	//   @everyone
	// 24 allowed_mentions
	// 29 nonce
}
