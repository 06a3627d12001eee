"""
The words that ``make_cascades.py`` tells its stories with; all invented.

A pair of tuples holds wordings in use and wordings held out: the second ones are for measuring
only, so whoever mends a rule by reading what it misses reads what the first ones gave. ``{claim}``
is a clause that may follow "that"; ``{source}`` a person or body as a text names it first.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

Both = tuple[Sequence[str], Sequence[str]]

FIRST = "Ada Ben Cora Dov Ilse Jon Kaya Lev Mira Nils Oona Piet Rosa Sten Tilda Ulf Vera".split()
ONSETS = "B Br C Cl D Dr F Fr G Gl H J K Kr L M N P Pl R S St T Tr V W Z".split()
MIDDLES = "arr ell ost ind urn av ock and em ith orv ask eld unn irr ox umb ess alv ond".split()
ENDS = "ow ey ick en by ham er in ost ell ane ard is ova um eth".split()
FIRMS = "Ferries,Mills,Quarries,Foundry,Breweries,Telecom,Railways,Insurance,Shipping".split(",")
PAPERS = "Post,Courier,Tribune,Gazette,Herald,Ledger,Chronicle,Mercury,Sentinel,Examiner".split(",")
AGENCIES = ("Reuters", "Associated Press", "AFP", "Kyodo News", "Xinhua", "ANSA")
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

# How a text says that its account comes from another newsroom.
CITED: Both = (
    (
        "{claim}, the {outlet} reported on {weekday}.",
        "{claim}, according to the {outlet}.",
        "according to a report in the {outlet}, {claim}.",
        "the {outlet} reported that {claim}.",
        "citing {source}, the {outlet} reported on {weekday} that {claim}.",
        "{source} told the {outlet} that {claim}.",
        "{claim}, {source} told the {outlet}.",
        "in an interview with the {outlet}, {source} said that {claim}.",
        "{claim}, according to documents obtained by the {outlet}.",
        "the {outlet} quoted {source} as saying that {claim}.",
        "{claim}, the {outlet} wrote on {weekday}.",
        "{claim}, a report by the {outlet} says.",
        "the {outlet} has learned that {claim}.",
        "as the {outlet} first reported, {claim}.",
    ),
    (
        "{claim}, says a report that the {outlet} published on {weekday}.",
        "speaking to the {outlet}, {source} said that {claim}.",
        "{claim}, {source} was quoted by the {outlet} as saying.",
        "the {outlet}, quoting {source}, said {claim}.",
        "word that {claim} came from the {outlet}, which spoke to {source}.",
        "{claim}, per the {outlet}.",
        "the {outlet} says it has seen papers showing that {claim}.",
        "{source}, who spoke to the {outlet}, said that {claim}.",
    ),
)
# How a text says that its own newsroom was told, or holds the paper.
OWN: Both = (
    (
        "{claim}, {source} told the {own} on {weekday}.",
        "{source} told the {own} that {claim}.",
        "in an interview with the {own}, {source} said that {claim}.",
        "{claim}, {source} said in an interview with the {own}.",
        "speaking to the {own} on {weekday}, {source} said that {claim}.",
        "{claim}, the {own} has learned from {source}.",
    ),
    (
        "{source} confirmed to the {own} on {weekday} that {claim}.",
        "{claim}, {source} said in a telephone call with the {own}.",
        "{source} said in a statement to the {own} that {claim}.",
    ),
)
CONFIRMED: Both = (
    (
        "{source} told the {own} on {weekday} that {claim}.",
        "{source} confirmed to the {own} that {claim}.",
    ),
    ("in a call with the {own}, {source} confirmed that {claim}.",),
)
# How a text quotes someone and names no intermediary.
PRESUMED: Both = (
    (
        "{claim}, {source} said on {weekday}.",
        "{source} said on {weekday} that {claim}.",
        "{claim}, {source} announced on {weekday}.",
        "{claim}, according to {source}.",
        "{source} told reporters on {weekday} that {claim}.",
    ),
    (
        "{claim}, {source} told a news conference on {weekday}.",
        "{source} made it known on {weekday} that {claim}.",
    ),
)
CHAINED: Both = (
    (
        "{claim}, the {outlet} reported, citing the {before}.",
        "the {outlet}, citing the {before}, reported that {claim}.",
        "{claim}, according to the {outlet}, which cited a report in the {before}.",
        "the {outlet} reported on {weekday}, citing the {before}, that {claim}.",
    ),
    (
        "{claim}, said the {outlet}, which credited the {before}.",
        "quoting the {before}, the {outlet} said that {claim}.",
    ),
)
QUOTES: Both = (
    (
        '"{speech}," {source} said.',
        '"{speech}," said {source}.',
        '{source} added: "{speech}."',
    ),
    ('"{speech}," {source} went on.',),
)
DATELINES: Both = (
    ("{where} ({agency}) - ", "{where}, June 4 ({agency}) — ", "{where} ({agency}) — "),
    ("{where} | {agency} - ",),
)
BYLINES: Both = (("By {agency}", "By {first} Vale, {agency}"), ("{agency} staff",))
CREDITS: Both = (
    ("{agency}", "({agency})", "Source: {agency}", "© 2019 {agency}. All rights reserved."),
    ("Copyright {agency}", "With material from {agency}"),
)

NAMED = (
    ("{head}, the head of {firm}", "{head}"),
    ("mayor {mayor}", "{mayor}"),
    ("{firm} spokesman {clerk}", "{firm}"),
    ("{other}, a union secretary", "{other}"),
)
UNNAMED = (
    ("a person briefed on the talks", ""),
    ("an official with knowledge of the matter", ""),
    ("two people familiar with the plan", ""),
)
PUBLIC = (
    ("{head}, the head of {firm}", "{head}"),
    ("mayor {mayor}", "{mayor}"),
)


def _event(titles: Sequence[str], claims: Sequence[str], things: str, many: str) -> dict[str, Any]:
    return {
        # What reporters write of beside the claim differs from event to event.
        "lists": {"thing": things.split(","), "craft": many.split(","), "goods2": many.split(",")},
        "titles": titles,
        "claims": claims,
        "named": NAMED,
        "public": PUBLIC,
        "sources": (*NAMED[:2], NAMED[3], UNNAMED[0]),
    }


EVENTS = (
    _event(
        (
            "{place} bridge to be sold to {firm}",
            "{firm} buys {place} toll bridge",
            "Toll bridge in {place} goes to {firm} for {n} million",
            "{place} sells its bridge over the {river} to {firm}",
            "{firm} to own {place} bridge from spring",
        ),
        (
            "the toll bridge in {place} will be sold to {firm} for {n} million crowns",
            "{firm} is buying the {place} toll bridge and will pay {n} million crowns",
            "{place} has agreed to sell its toll bridge over the {river} to {firm}",
            "{firm} will take over the toll bridge in {place} in a {n} million crown sale",
            "the sale of the {place} toll bridge to {firm} is settled at {n} million crowns",
            "{place} is handing its toll bridge to {firm}, at a price of {n} million crowns",
        ),
        "the toll,the deed of sale,the loan on the bridge,the rust,"
        "the last inspection of the piers,the painting of the deck,the right of way,"
        "the bridge house",
        "girders,rivets,toll booths,bridge planks,pier stones,toll tickets,trestles,handrails",
    ),
    _event(
        (
            "{firm} to close {place} works",
            "{n} jobs to go as {firm} shuts {place} works",
            "{place} works of {firm} will shut in spring",
            "{firm} gives up its works in {place}",
            "Closure of {firm} works costs {place} {n} jobs",
        ),
        (
            "{firm} will close its works in {place} with the loss of {n} jobs",
            "the {firm} works in {place} is to shut in spring, and {n} people will lose their jobs",
            "{firm} has decided to shut the {place} works, where {n} people are employed",
            "{n} jobs will go in {place} when {firm} closes its works there",
            "{place} is to lose its {firm} works and the {n} jobs that go with it",
        ),
        "the last order,the severance pay,the foundry hall,the night shift,"
        "the plan for the furnaces,the lay-off list,the sale of moulds,"
        "the works canteen",
        "furnaces,boilers,moulds,lathes,stove plates,foundry cranes,ingots,apprentice benches",
    ),
    _event(
        (
            "{firm} fined over spill in the {river}",
            "Court orders {firm} to pay {n} million for {river} spill",
            "{firm} must pay for fouled {river} at {place}",
            "Fine of {n} million crowns for {firm} after {place} spill",
            "{river} spill: {firm} ordered to pay",
        ),
        (
            "a court has fined {firm} {n} million crowns for a spill in the {river} at {place}",
            "{firm} must pay a fine of {n} million crowns over the spill in the {river}",
            "{firm} has been ordered to pay {n} million crowns for fouling the {river} at {place}",
            "the spill that fouled the {river} near {place} will cost {firm} {n} million crowns in "
            "fines",
            "judges have set a fine of {n} million crowns on {firm} for the {river} spill",
        ),
        "the hearing,the solvent,the culvert,the verdict,the clean-up,the appeal,"
        "the case against the foreman,the report on the fish",
        "dead bream,drums,perch,water samples,outfall pipes,filters,solvent barrels,anglers",
    ),
    _event(
        (
            "Ferry of {firm} runs aground off {place}",
            "{n} taken off stranded {firm} ferry at {place}",
            "{place}: ferry stuck on sandbank, {n} brought ashore",
            "Stranded ferry off {place} had {n} on board",
            "{firm} ferry grounded near {place}",
        ),
        (
            "a ferry of {firm} with {n} people on board has run aground off {place}",
            "{n} people were taken off a {firm} ferry that grounded near {place}",
            "the {firm} ferry stranded off {place} with {n} people on board",
            "a {firm} ferry struck a sandbank at {place} and its {n} passengers were saved",
            "all {n} passengers of a ferry that {firm} runs were brought ashore after it grounded "
            "off {place}",
        ),
        "the tide,the hull,the rescue,the log book,the inquiry into the grounding,"
        "the shoal,the wreck,the towing",
        "lifeboats,tugs,life jackets,buoys,propellers,pumps,car decks,hawsers",
    ),
    _event(
        (
            "Leak at {firm} lays open records of {n} thousand customers",
            "{firm} lost customer records, {place} told",
            "{n} thousand customers hit by {firm} leak",
            "Customer records of {firm} found on open server",
            "{firm} leak: {n} thousand customers affected",
        ),
        (
            "records of {n} thousand customers of {firm} lay open on a server in {place}",
            "{firm} has lost the records of {n} thousand customers through an open server",
            "a leak at {firm} in {place} laid open what it knew of {n} thousand customers",
            "{n} thousand customers of {firm} had their records exposed on a {place} server",
            "{firm} left customer records, {n} thousand of them, on an unguarded server in {place}",
        ),
        "the password file,the database,the log of downloads,the privacy inquiry,"
        "the firewall,the hacking,the encryption,the breach",
        "passwords,backups,log files,birthdays,accounts,hackers,hard disks,card numbers",
    ),
    _event(
        (
            "{place} council approves {firm} wind park",
            "{firm} may build {m} turbines at {place}",
            "Wind park of {firm} at {place} gets its permit",
            "{m} turbines for {place}: {firm} has its permit",
            "{place} says yes to {m} turbines",
        ),
        (
            "{firm} may build a wind park of {m} turbines on the heath at {place}",
            "the council of {place} has approved a wind park with {m} turbines for {firm}",
            "{place} has given {firm} a permit for {m} wind turbines on its heath",
            "a wind park of {firm} with {m} turbines will stand on {place} heath after a yes from "
            "the council",
            "{firm} has its permit for the {m} turbines it wants at {place}",
        ),
        "the turbine noise,the shadow of the blades,the cable route,"
        "the planning vote,the access road,the bird survey,"
        "the objection of residents,the power line",
        "turbines,blades,lapwings,substations,objectors,larks,pylons,power cables",
    ),
    _event(
        (
            "{place} to get {m} new trams from {firm}",
            "{firm} wins tram order in {place}",
            "{firm} to build {m} trams for {place}",
            "Tram contract: {place} picks {firm}",
            "{place} orders {m} trams",
        ),
        (
            "{place} has ordered {m} trams from {firm} for {n} million crowns",
            "{firm} will build {m} trams for {place} under a contract worth {n} million crowns",
            "the contract for {m} new trams in {place} goes to {firm}",
            "{firm} has won the order for the {m} trams that {place} wants, worth {n} million",
            "{place} picked {firm} to build its {m} new trams",
        ),
        "the tram depot,the tender,the ring line,the low floor,the test run,the fare,"
        "the new rolling stock,the drivers' cab",
        "trams,rails,tram stops,switches,prams,tram drivers,pantographs,carriages",
    ),
    _event(
        (
            "Dockers at {firm} in {place} to strike",
            "Strike to stop {firm} docks in {place}",
            "{n} dockers walk out at {place}",
            "{place} docks face strike over {firm} pay",
            "{firm}: {n} dockers to down tools",
        ),
        (
            "{n} dockers of {firm} in {place} will go on strike over pay",
            "the docks of {firm} in {place} face a strike by {n} dockers",
            "{n} dockers at {place} are to down tools in a quarrel with {firm} over pay",
            "a strike of {n} dockers will stop the {firm} docks in {place}",
            "dockers of {firm} in {place}, {n} of them, have voted to strike",
        ),
        "the ballot,the wage talk,the walkout,the picket at the gate,the night shift,"
        "the lockout,the pay claim,the union vote",
        "containers,pickets,cranes,lashers,crane drivers,strikers,union badges,stevedores",
    ),
)

# What somebody is quoted with.
SPEECH = (
    "After {span} of {thing} we in {place} are glad of any answer",
    "{trade} will ask me about {thing} every morning, and I have {number} answers",
    "I was against {thing} for {span} and then {trade} changed my mind",
    "Nobody in {place} has done more for {thing} than {trade} and {trade2}",
    "Give us until {season} and {thing} will trouble {trade} no longer",
    "We counted {number} {goods2} and {span} of neglect, and I am ashamed of {thing}",
)
# A reporter's own sentences; each stands in one article of a story only.
PROSE = (
    "{trade} near the {spot} {felt} for {span} that {thing} would come to nothing",
    "{thing} had been {done} at {span} of meetings in the {spot}, most of them behind closed doors",
    "the {spot} on the {side} bank of the water was {state} when work there began",
    "{span} ago the company moved its {desk} from the {spot} to a brick house on the {side} side",
    "many {trade} {doubt} whether {thing} can be done before the {season}",
    "a path along the water leads from the {spot} to the {desk} of the company",
    "last {season} the {spot} was {state} after {weather} on the {side} shore",
    "{firm} owns the {spot}, two {craft} and a row of {state} sheds by the {river}",
    "the {desk} keeps {number} boxes of letters on {thing}, some of them {state}",
    "it was in the {spot} that {trade} first gathered, {number} of them, in {weather}",
    "{trade} from the {side} quarter walked to the {spot} in {weather} to hear more",
    "few in town remember the {season} in which {craft} still passed the {spot}",
    "at the {spot} a painted board lists {number} names, {span} of local history",
    "{thing} has {felt2} {trade} and {trade2} of {place} for {span}",
    "behind the {spot} stand {number} {craft} that nobody has moved since {season}",
    "prices for {goods} have {moved} since the company came to the {side} end of town",
    "{goods} and {goods2} go through the {spot} in {season}, mostly by {craft}",
    "town life hangs on {goods}, on {goods2} and on what the water brings",
    "the water rose by {number} inches that week and left the {spot} {state}",
    "every {season} the {desk} counts {craft} at the {spot}; this year there were {number}",
    "between the {spot} and the old {desk} runs a wall that {trade} have {done}",
    "{weather} held up work at the {spot} for most of {season}",
    "a map from the {desk} shows {number} plots on the {side} bank, nearly all {state}",
    "in the {spot} hung a smell of {goods} and wet rope all through {season}",
    "on the {side} road {craft} stood in line past the {spot} until dusk",
    "the {desk} closed early, and {trade} read the notice on its door in {weather}",
    "{number} {trade} signed a list that now lies in the {spot} beside samples of {goods}",
    "a second {desk} opened in {season} with {number} stools and one {state} stove",
    "{thing} fills {number} pages, a third of them on {goods} and the {river}",
    "what {goods} cost at the {spot} has {moved} twice in {span}",
    "boys sold {goods2} in front of the {desk} while {trade} queued inside",
    "the clock over the {spot} stopped in {season} and has been {state} ever since",
    "from the {spot} one looks across to {number} {craft} and the {side} mole",
    "beside the water lies a field of {goods2} which the company rents to {trade}",
    "the road to {place} was {state}, so {trade} came by {craft}",
    "there are {number} lamps on the {side} mole and {span} of soot on each of them",
    "an older plan for the {spot} was {done} when {goods2} became dear",
    "{trade} keep {craft} under the arches of the {spot}, as their fathers did",
    "not far from the {desk} a stone marks the flood that left the town {state}",
    "at noon {weather} emptied the square, and the {desk} lit its stove",
    "{firm} began with {number} {craft} and a borrowed {desk} in {place}",
    "the {side} quarter has {number} bakeries, one school and no {desk} at all",
    "snow from last {season} still lay by the {spot}, grey with dust of {goods}",
    "{thing} is older than most {trade} in {place} and has been {done} before",
    "tins of {goods} were stacked to the ceiling of the {desk} by {season}",
    "nothing on the {side} bank is as {state} as the steps below the {spot}",
    "the smallest of the {craft} carries {goods} across the {river} before dawn",
    "two of every three {trade} rent their rooms from the company or its {desk}",
    "lately {goods2} have {moved}, which {trade2} put down to {weather}",
    "a choir of {trade2} sang by the {spot} until {weather} drove everyone indoors",
    "the {desk} of the company faces the {spot} and has {number} windows, {state} ones at that",
    "under the {side} arch hangs a bell that rang for {craft} lost in {season}",
)
LISTS: dict[str, Sequence[str]] = {
    "trade": "carters,shopkeepers,weavers,pilots,teachers,tanners,gardeners,coopers,nurses,"
    "fishmongers,painters,clockmakers,porters,students,beekeepers,masons".split(","),
    "trade2": "pensioners,roofers,lodgers,printers,saddlers,drapers,bargemen,millers".split(","),
    "spot": "corn hall,tide gate,coal pier,fish market,drill yard,rope walk,upper lock,tram shed,"
    "signal hut,salt cellar,customs yard,ice house,music tent,lime kiln,dye works".split(","),
    "desk": "harbour office,land registry,toll house,ticket office,survey bureau,pay office,"
    "reading room,pilot station,weighing room,lost property room".split(","),
    "side": "eastern,western,northern,southern,upper,lower,far,near".split(","),
    "state": "half flooded,freshly tarred,empty,fenced off,overgrown,crowded,badly lit,roofless,"
    "newly paved,boarded up,spotless,knee deep in mud".split(","),
    "season": "early spring,high summer,late autumn,midwinter,harvest time,Lent,carnival".split(
        ","
    ),
    "goods": "barley,herring,lamp oil,linen,roof slates,sugar beet,tallow,copper wire,timber,"
    "cheese,gravel,glue".split(","),
    "weather": "driving sleet,thick fog,a dry gale,steady drizzle,hail,bitter frost,a heat wave,"
    "thunder".split(","),
    "done": "put off,drawn up,patched,forgotten,torn down,redrawn,copied out,walled in".split(","),
    "span": "two winters,nine months,eleven weeks,forty years,half a century,six days,"
    "a generation,some weeks".split(","),
    "felt": "feared,hoped,guessed,joked,dreamt,known".split(","),
    "felt2": "divided,amused,tired,worried,kept busy,brought together".split(","),
    "doubt": "doubt,wonder,ask themselves,cannot see".split(","),
    "moved": "doubled,sunk,crept up,jumped,hardly changed,halved".split(","),
    "number": "seven,nineteen,forty-one,sixty,thirteen,ninety,twenty-six,three dozen,"
    "eighty-four,fifty-five".split(","),
    "first": FIRST,
}
SYNONYMS = {
    "began": "started",
    "work": "job",
    "town": "borough",
    "traders": "shopkeepers",
    "old": "former",
    "most": "nearly all",
    "stand": "wait",
    "shows": "lists",
    "near": "close to",
    "behind": "at the back of",
    "many": "plenty of",
    "early": "before time",
    "road": "lane",
    "lies": "stretches",
    "beside": "next to",
    "ago": "back",
    "keeps": "stores",
    "local": "village",
    "came": "arrived",
    "letters": "papers",
    "walked": "went",
    "gathered": "met",
    "first": "at the start",
    "opened": "started up",
    "read": "studied",
    "rent": "lease",
    "lamps": "lanterns",
    "older": "earlier",
    "smallest": "tiniest",
    "square": "market place",
    "remember": "recall",
    "until": "till",
    "lists": "gives",
    "sheds": "huts",
    "moved": "shifted",
    "counts": "tallies",
    "line": "queue",
}


def names(rng: random.Random, n: int) -> list[str]:
    """Return ``n`` names that stand in no dictionary, no two of them alike."""
    found: list[str] = []
    while len(found) < n:
        name = rng.choice(ONSETS) + rng.choice(MIDDLES) + rng.choice(ENDS)
        if all(name[:4] != other[:4] for other in found):
            found.append(name)
    return found
