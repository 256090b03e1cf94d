package text

// Stop words: articles, prepositions, auxiliaries, pronouns and question words. The lists are short on purpose: long published ones
// cost up to .9 points of hit@1, and idf does their work. Chinese, Japanese, Korean and Thai, cut into n-grams, have none.

const (
	stopEnglish = `a an the and or but nor if of in on at to for from by with about into over under after before during between
through against out off up down as than then so too very not no do does did doing done is am are was were be
been being has have had having will would shall should can could may might must what which who whom whose when
where why how that this these those there here it its he him his she her hers they them their theirs we us our
ours you your yours i me my mine myself itself himself herself themselves also just only own same such both
each any some all more most other another while because until since don't doesn't didn't isn't aren't wasn't
weren't won't wouldn't can't couldn't it's that's week month today recently`
	stopGerman = `der die das den dem des ein eine einen einem einer eines und oder aber in im an am auf aus bei beim mit nach
von vom vor zu zum zur für über unter durch gegen ohne um als wie wenn dass ob weil so auch nur noch nicht
kein keine keinen ist sind war waren sein bin bist wird werden wurde wurden worden hat haben hatte hatten kann
können konnte konnten soll sollen muss müssen was wer wen wem wessen welche welcher welches welchen welchem
wann wo warum wieso woher wohin es er sie ihm ihn ihr ihre ihrer ihren ihrem seine seiner seinen seinem wir
uns ich du mich mir dich dir man sich dieser diese dieses diesem diesen hier da dort viele wieviele`
	stopSpanish = `el la los las un una unos unas lo al del de a en con por para sin sobre entre desde hasta hacia y e o u ni
pero si no que qué quien quién quienes quiénes cual cuál cuales cuáles cuando cuándo donde dónde como cómo
cuanto cuánto cuánta cuantos cuántos cuántas cuyo cuya porqué se su sus le les me te nos mi tu es son era eran
fue fueron ser sido está están estaba ha han había hay haber este esta estos estas ese esa eso esos esas aquel
esto más muy también ya`
	stopFrench = `le la les l un une des de du d au aux à en dans par pour sur sous avec sans entre vers chez et ou mais ni car
si ne pas que qui quoi dont où quand comment pourquoi combien quel quelle quels quelles lequel laquelle est
sont était étaient fut furent être été a ont avait avaient avoir ce cet cette ces c s se son sa ses leur leurs
il elle ils elles on nous vous je tu me te y plus aussi très qu est-ce`
	stopItalian = `il lo la i gli le l un uno una di a da in con su per tra fra del dello della dei degli delle al allo alla ai
agli alle dal dallo dalla dai dagli dalle nel nello nella nei negli nelle sul sullo sulla sui sugli sulle e ed
o ma né se non che chi cui quale quali quando dove come perché quanto quanta quanti quante cosa è sono era
erano fu furono essere stato stata ha hanno aveva avevano avere si suo sua suoi sue loro lui lei questo questa
questi queste quello quella più anche`
	stopPortuguese = `o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela pelos pelas para com sem sobre entre
até ao à aos às e ou mas nem se não que quem qual quais quando onde como porque porquê quanto quanta quantos
quantas cujo é são era eram foi foram ser sido está estão estava tem têm tinha há haver seu sua seus suas ele
ela eles elas este esta esse essa isso isto aquele mais muito também já lhe`
	stopRomanian = `un o unui unei niște al a ai ale de din la în pe cu prin pentru fără sub despre între după până și sau dar
nici dacă nu că să ce cine care cui când unde cum cât câtă câți câte cărui cărei căror este sunt era erau fost
fi fie au are avea aveau avut se își lui ei lor său sa săi sale el ea ele acest această aceste acel mai foarte`
	stopDutch = `de het een en of maar in op aan te ten ter bij met van voor na naar over onder door tegen zonder om uit tot
als dan dat die dit deze wie wat welke welk wanneer waar waarom hoe hoeveel is zijn was waren ben bent wordt
worden werd werden heeft hebben had hadden kan kunnen kon konden zal zullen zou zouden moet niet geen ook nog
er hij zij ze hem haar hun wij we ons ik je jij u men zich`
	stopDanish = `en et den det de og eller men i på af til fra for med uden om over under ved efter før mod mellem som at der
hvis ikke ingen er var være været bliver blev blevet har havde have kan kunne skal skulle vil ville må hvad
hvem hvilken hvilket hvilke hvornår hvor hvorfor hvordan han hun hans hendes dens dets deres sin sit sine vi
os jeg du dig mig man denne dette disse også`
	stopNorwegian = `en ei et den det de og eller men i på av til fra for med uten om over under ved etter før mot mellom som at
der hvis ikke ingen er var være vært blir ble blitt har hadde ha kan kunne skal skulle vil ville må hva hvem
hvilken hvilket hvilke når hvor hvorfor hvordan han hun hans hennes dens dets deres sin sitt sine vi oss jeg
du deg meg man denne dette disse også`
	stopSwedish = `en ett den det de och eller men i på av till från för med utan om över under vid efter före mot mellan som att
där inte ingen är var vara varit blir blev blivit har hade ha kan kunde ska skall skulle vill ville måste vad
vem vems vilken vilket vilka när varför hur han hon hans hennes dess deras sin sitt sina vi oss jag du dig mig
man denna detta dessa också`
	stopFinnish = `ja tai mutta ei eivät en että jos kun kuin niin myös on ovat oli olivat olla ollut mikä mitä missä mistä mihin
milloin koska kuka ketä kenen kuinka miten miksi montako paljonko mitkä joka jotka jonka jossa josta tämä tätä
tämän se sen sitä ne niiden hän hänen he heidän minä sinä me te`
	stopHungarian = `a az egy és vagy de hogy ha nem sem is van vannak volt voltak lesz lenni mi mit ki kit kinek melyik mely
milyen mikor hol hová honnan miért hogyan hány mennyi aki ami amely ez ezt azt ezek azok ő ők én te ti meg már
még csak`
	stopTurkish = `ve veya ya da ama ile için gibi kadar göre bir bu şu o ne neyi kim kime kimin hangi hangisi nerede nereye
nereden nasıl neden niçin niye kaç mi mı mu mü değil var yok olan olarak olduğu oldu olur ise ki de en daha
çok her onun onlar ben sen biz siz`
	stopRussian = `и в во на с со к ко о об от до из за по под над при для без у через между а но или ни не что чтобы как кто
кого кому кем какой какая какое какие каком какого когда где куда откуда почему зачем сколько чей чья который
которая которое которые это этот эта эти то тот та те он она оно они его её ее их ему ей им был была было были
быть есть бы же ли`
	stopUkrainian = `і й та в у на з із зі до від по за під над при для без через між а але або ні не що щоб як хто кого кому ким
який яка яке які якого коли де куди звідки чому навіщо скільки чий чия це цей ця ці то той ті він вона воно
вони його її їх йому їй був була було були бути є би же чи`
	stopPolish = `i w we na z ze do od o po za pod nad przy dla bez przez między a ale lub albo ani nie że żeby jak kto kogo
komu kim jaki jaka jakie jacy jakiego kiedy gdzie dokąd skąd dlaczego czemu ile czyj który która które którzy
którego to ten ta te tego tej on ona ono oni one jego jej ich mu był była było były być jest są by czy się co`
	stopGreek = `ο η το οι τα του της των τον την τους τις ένας μια μία ένα ενός μιας και ή αλλά σε στο στη στην στον στους
στις στα από με για προς κατά μετά πριν χωρίς ως αν να θα δεν μη μην που πού πως πώς ποιος ποια ποιο ποιοι
ποιες ποιον τι πότε γιατί πόσο πόσα πόσοι πόσες είναι ήταν έχει έχουν είχε αυτό αυτός αυτή αυτά`
	stopArabic = `في من على إلى الى عن مع بين حتى منذ و أو او ثم أن ان إن لا لم لن ما ماذا متى أين اين كيف لماذا كم أي اي هل هو
هي هم هذا هذه ذلك تلك الذي التي الذين كان كانت يكون قد كل`
	stopHindi = `का के की को से में पर ने और या कि तो ही भी नहीं न है हैं था थे थी हो होता होती होते हुआ हुई हुए गया गई गए कर
करने किया क्या कौन किस किसने किसे किसका कब कहाँ कहां क्यों कैसे कितने कितना कितनी कौनसा यह वह ये वे इस उस इन
उन एक लिए द्वारा जो`
	stopVietnamese = `là và của các những một cho với trong trên dưới từ đến ở tại được bị có không đã đang sẽ này đó ấy thì mà nào
gì ai khi bao đâu sao như ra vào`
)
