"""A rich document made by hand: every kind of block, chart and cell, in any size.

The figures are counted from made-up answers by municipality, so that totals, shares and rows agree with each
other as they do in a real summary.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from reporting.documents.content import (
    Block,
    Bullets,
    Chart,
    Column,
    Content,
    Definitions,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Row,
    Series,
    Source,
    Table,
    Text,
    Tile,
    TileMap,
)
from reporting.documents.content_labels import LABEL_KEYS

OFFICES = (
    "Oslo og Viken",
    "Innlandet",
    "Vestfold og Telemark",
    "Agder",
    "Rogaland",
    "Vestland",
    "Møre og Romsdal",
    "Trøndelag",
    "Nordland",
    "Troms og Finnmark",
)
NAMES = (
    "Fredrikstad",
    "Ås",
    "Sør-Odal",
    "Indre Østfold",
    "Nordre Follo",
    "Kautokeino",
    "Snåsa",
    "Porsanger",
    "Å i Lofoten",
    "Nore og Uvdal",
    "Aurskog-Høland",
    "Stor-Elvdal",
    "Øvre Eiker",
    "Ålesund",
    "Aa",
    "Våler",
    "Herøy",
    "Etnedal",
)
SAMI = {"Kautokeino": ("Guovdageaidnu", "se"), "Snåsa": ("Snåase", "sma"), "Porsanger": ("Porsáŋgu", "se")}
CLASSES = (
    ("V", "own", "Egen plan"),
    ("A", "inside", "I annen plan"),
    ("P", "process", "Prosess beskrevet"),
    ("I", "none", "Ingen plan"),
    ("–", "missing", "Ikke besvart"),
)
ROUNDS = ("mai 20", "nov. 20", "mai 21", "nov. 21", "mai 22")

NB = {
    "publisher": "Helsedirektoratet",
    "document_kind": "Halvårsnotat",
    "language_name": "Bokmål",
    "language": "Språk",
    "version": "Versjon",
    "content_hash": "Innhold, SHA-256",
    "sample": "EKSEMPEL – oppdiktede tall",
    "contents": "Innhold",
    "tables": "Tabeller",
    "figures": "Figurer",
    "table": "Tabell",
    "figure": "Figur",
    "page": "Side",
    "page_of": "av",
    "of_units": "av {n} kommuner",
    "numbers_in_table": "Tallene står i tabell {n}.",
    "definitions": "Definisjoner",
    "definition_ref": "Ref.",
    "definition_name": "Navn",
    "definition_text": "Definisjon",
    "definition_rule": "Regel",
    "definition_denominator": "Nevner",
    "text_cut": "[teksten fortsetter i JSON-filen]",
    "unshown": "{n} tegn finnes ikke i skriften og vises som en firkant.",
    "sheet_cover": "Forside",
    "sheet_annex": "Kommuner",
    "annex_group": "Fylke",
    "group": "Gruppe",
    "sheet": "Ark",
    "rows": "Rader",
    "rows_written": "Rader skrevet",
    "figures_written": "Tall skrevet",
    "counts": "Antall",
    "count": "Antall",
    "as_of": "Tallene gjelder",
    "frozen_at": "Tallene er hentet",
    "cut_cells": "Celler med avkortet tekst",
    "no_rows": "Ingen rader.",
    "attachment": "Innholdet i dokumentet som JSON",
    "sheet_summary": "Kort fortalt",
    "key_figure": "Kjerneindikator",
    "key_value": "Antall",
    "key_of": "Av",
    "key_share": "Andel",
    "key_change": "Endring",
    "key_since": "Siden",
    "key_note": "Merknad",
}
NN = NB | {
    "document_kind": "Halvårsnotat",
    "language_name": "Nynorsk",
    "contents": "Innhald",
    "figures": "Figurar",
    "tables": "Tabellar",
    "content_hash": "Innhald, SHA-256",
    "sample": "DØME – oppdikta tal",
    "page_of": "av",
    "of_units": "av {n} kommunar",
    "definition_name": "Namn",
    "definition_denominator": "Nemnar",
    "attachment": "Innhaldet i dokumentet som JSON",
}


def share(part: int, whole: int) -> Decimal | None:
    """A fraction with four decimals; None of nothing."""
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


class Country:
    """Made-up municipalities with their office and answers, the same every time."""

    def __init__(self, units: int, names: list[tuple[str, str, str]] | None = None) -> None:
        self.rows: list[dict] = []
        for index in range(len(names) if names else units):
            office = OFFICES[index * len(OFFICES) // units]
            name, number = NAMES[index % len(NAMES)], f"{(index % 54 + 1) * 100 + index // 54 + 1:04d}"
            if index >= len(NAMES):
                name = f"{name} {index // len(NAMES) + 1}"
            if names:
                number, name, office = names[index]
            roll = (index * 37 + 11) % 100
            status = 0 if roll < 28 else 1 if roll < 51 else 2 if roll < 74 else 3 if roll < 91 else 4
            self.rows.append(
                {
                    "number": number,
                    "name": name,
                    "office": office,
                    "status": CLASSES[status][1],
                    "letter": CLASSES[status][0],
                    "label": CLASSES[status][2],
                    "step": (index * 7) % 5 + 1,
                    "delay": (index * 13) % 40 if index % 9 else None,
                    "adopted": date(2021, index % 12 + 1, index % 28 + 1),
                    "solutions": (index * 11) % 26,
                }
            )

    def count(self, office: str = "", *statuses: str) -> int:
        return sum(
            1 for row in self.rows if office in ("", row["office"]) and (not statuses or row["status"] in statuses)
        )


def plan_table(country: Country) -> Table:
    keys = [key for _, key, _ in CLASSES]
    columns = [Column("office", "Embete")]
    columns.append(
        Column("all", "Kommuner", "count", "T1.1", "Kommuner i embetet per 1. mai 2022", "", "registers.as_of v1")
    )
    for number, (letter, key, label) in enumerate(CLASSES, 2):
        columns.append(
            Column(
                key, label, "count", f"T1.{number}", f"Kommuner med {label.lower()}", "alle", "plan.status v1", letter
            )
        )
    columns.append(Column("adopted", "Vedtatt plan", "count", "T1.7", "T1.2 og T1.3", "alle", "plan.adopted v1"))
    columns.append(Column("share", "Andel vedtatt", "share", "T1.8", "T1.7 delt på T1.1", "alle", "plan.share v1"))
    columns.append(Column("change", "Endring", "change", "T1.9", "T1.7 minus forrige runde", "", "plan.change v1"))
    rows = []
    for office in ("", *OFFICES):
        whole, adopted = country.count(office), country.count(office, "own", "inside")
        counts = [whole, *(country.count(office, key) for key in keys), adopted]
        row = office or "country"
        cells = [Figure(n, "count", f"T1.{i}", row, _source(office)) for i, n in enumerate(counts, 1)]
        cells.append(Figure(share(adopted, whole), "share", "T1.8", row, _source(office)))
        cells.append(Figure(adopted % 7 - 2, "change", "T1.9", row, _source(office)))
        rows.append(Row(row, (office or "Hele landet", *cells), total=not office))
    return Table(
        "T1", "Planstatus etter embete, antall kommuner", tuple(columns), tuple(rows), "V + A + P + I + – = alle."
    )


def _source(office: str) -> Source:
    return Source("plan.status", 1, (("office", office),) if office else ())


def solutions_table(country: Country) -> Table:
    columns = (
        Column("solution", "Løsning"),
        Column(
            "taken",
            "Tatt opp",
            "count",
            "T2.1",
            "På plass, vedtatt eller tilpasset lokalt",
            "alle",
            "solutions.taken v1",
        ),
        Column("share", "Andel", "share", "T2.2", "T2.1 delt på alle kommuner", "alle", "solutions.share v1"),
        Column(
            "points", "Endring, prosentpoeng", "change", "T2.3", "T2.2 minus forrige runde", "", "solutions.change v1"
        ),
    )
    rows = []
    for index in range(25):
        taken = sum(1 for row in country.rows if row["solutions"] > index)
        row = f"s{index + 1:02d}"
        rows.append(
            Row(
                row,
                (
                    f"Løsning {index + 1} med et navn som fyller noen ord",
                    Figure(taken, "count", "T2.1", row),
                    Figure(share(taken, len(country.rows)), "share", "T2.2", row),
                    Figure(Decimal(index - 3) / 2 if index else None, "change", "T2.3", row),
                ),
                group=(
                    "Et aldersvennlig Norge",
                    "Aktivitet og fellesskap",
                    "Mat og måltider",
                    "Helsehjelp",
                    "Sammenheng",
                )[index // 5],
            )
        )
    return Table("T2", "De 25 løsningene, antall kommuner", columns, tuple(rows))


def annex_tables(country: Country, first: int) -> list[Table]:
    tables = []
    for number, office in enumerate(OFFICES, first):
        columns = (
            Column("number", "Nr.", "number_text"),
            Column("name", "Kommune"),
            Column("status", "Planstatus"),
            Column("adopted", "Vedtatt", "date"),
            Column("solutions", "Løsninger tatt opp", "count", f"T{number}.1", "Av 25", "25", "solutions.by_unit v1"),
            Column("step", "Steg", "count", f"T{number}.2", "Steg 1–5", "", "progress.step v1"),
            Column("delay", "Forsinket, md.", "count", f"T{number}.3", "Hele måneder", "", "progress.delay v1"),
            Column("support", "Støtte", "text"),
            Column("network", "Nettverk", "text"),
        )
        rows = tuple(_annex_row(row, number) for row in country.rows if row["office"] == office)
        tables.append(
            Table(f"T{number}", office, columns, rows, "Tallet 0301 er tekst.", "annex", "Ingen kommuner her.")
        )
    return tables


def _annex_row(row: dict, number: int) -> Row:
    name = row["name"]
    cell: str | tuple[Text, ...] = name
    if name.split(" ")[0] in SAMI:
        other, lang = SAMI[name.split(" ")[0]]
        cell = (Text(f"{name} – "), Text(other, lang=lang))
    adopted = row["adopted"] if row["status"] in ("own", "inside") else None
    return Row(
        row["number"],
        (
            Figure(row["number"], "number_text"),
            cell,
            f"{row['letter']} {row['label']}",
            Figure(adopted, "date"),
            Figure(row["solutions"], "count", f"T{number}.1", row["number"]),
            Figure(row["step"], "count", f"T{number}.2", row["number"]),
            Figure(row["delay"], "count", f"T{number}.3", row["number"]),
            "Lærings- og erfaringsutveksling",
            "Deltar",
        ),
    )


def charts(country: Country) -> list[Chart]:
    offices = ("", *OFFICES)
    classes = tuple(
        Series(key, f"{letter} {label}", tuple(country.count(office, key) for office in offices))
        for letter, key, label in CLASSES
    )
    names = tuple(office or "Hele landet" for office in offices)
    shares = [share(country.count(o, "own", "inside"), country.count(o)) for o in offices]
    labels = tuple(f"{value * 100:.1f} %".replace(".", ",") if value is not None else "–" for value in shares)
    alt = "Liggende søyler. Hele landet og ti embeter. Tallene står i tabell 1."
    stacked = Chart(
        "F1",
        "stacked",
        "Planstatus etter embete, antall kommuner",
        names,
        classes,
        alt,
        "T1",
        "Søylens lengde er andel av kommunene i embetet.",
        labels,
        "Vedtatt",
        total=True,
    )
    trend = Chart(
        "F3",
        "trend",
        "Planstatus per runde",
        ROUNDS,
        tuple(Series(s.key, s.label, tuple(s.values[0] * (i + 1) // 5 for i in range(5))) for s in classes),
        "Søyler for fem runder. Tallene står i tabell 1.",
        "T1",
    )
    kinds = ("Samfunnsdel (§ 11-2)", "Handlingsdel med økonomiplan", "Årsbudsjett", "Planstrategi")
    dumbbell = Chart(
        "F4",
        "dumbbell",
        "Forankring etter plantype, andel av alle kommuner",
        kinds,
        (
            Series("before", "1. nov. 2021", tuple(Decimal(n) / 100 for n in (32, 37, 24, 41))),
            Series("now", "1. mai 2022", tuple(Decimal(n) / 100 for n in (40, 44, 31, 38))),
        ),
        "Punkter for to runder. Tallene står i tabell 1.",
        "T1",
        "Åpent punkt er forrige runde.",
        ("+8,0", "+7,0", "+7,0", "−3,0"),
        "Endring",
    )
    bars = Chart(
        "F5",
        "bars",
        "Støtte fått og støtte meldt",
        ("Nettverk", "Råd og veiledning", "Kurs", "Penger"),
        (
            Series("received", "Har fått", (120, 88, 40, 0)),
            Series("needed", "Melder behov", (100, 130, 60, 12)),
        ),
        "Søyler med strek. Tallene står i tabell 1.",
        "T1",
    )
    histogram = Chart(
        "F6",
        "histogram",
        "Forsinkelse mot egen plan, antall kommuner",
        ("Ingen", "1–3 md.", "4–6 md.", "7–12 md.", "13–18 md.", "Over 18 md.", "Ikke besvart"),
        (Series("delay", "Kommuner", (37, 32, 40, 119, 70, 34, 24)),),
        "Stående søyler. Tallene står i tabell 1.",
        "T1",
        apart="Ikke besvart",
    )
    dots = Chart(
        "F7",
        "dots",
        "Embetenes vurdering av fem mønstre",
        (
            "Reformen ses som helse og omsorg alene",
            "For lite medvirkning fra andre",
            "Ansvaret er lagt for lavt",
        ),
        (
            Series("1", "Trinn 1", (1, 2, 0)),
            Series("2", "Trinn 2", (2, 4, 3)),
            Series("3", "Trinn 3", (6, 3, 5)),
            Series("4", "Trinn 4", (1, 1, 2)),
            Series("missing", "Ikke vurdert", (0, 0, 0)),
        ),
        "Ruter. Tallene står i tabell 1.",
        "T1",
    )
    return [stacked, trend, dumbbell, bars, histogram, dots]


def tile_map(country: Country, places: dict[str, tuple[int, int]] | None = None) -> TileMap:
    counts = Counter(row["letter"] for row in country.rows)
    tiles = tuple(
        Tile(
            row["number"],
            row["name"],
            *(places or {}).get(row["number"], (index % 8 + index // 60, index // 8)),
            row["letter"],
            row["office"],
        )
        for index, row in enumerate(country.rows)
    )
    key = tuple((letter, label, counts[letter]) for letter, _, label in CLASSES)
    return TileMap(
        "F2",
        "Planstatus per kommune, én rute per kommune",
        tiles,
        key,
        "Kart av like ruter. Tallene står i tabell 1.",
        "T1",
        "Tykke linjer er grenser mellom embeter.",
    )


def key_figures(country: Country) -> KeyFigures:
    whole = len(country.rows)
    cards = []
    for index, (label, part) in enumerate(
        (
            ("Vedtatt plan", country.count("", "own", "inside")),
            ("Egen plan", country.count("", "own")),
            ("Prosess beskrevet", country.count("", "process")),
            ("Har svart", whole - country.count("", "missing")),
        )
    ):
        values = tuple((name, part * (i + 1) // 5) for i, name in enumerate(ROUNDS))
        ref = ("T1.7", "T1.2", "T1.4", "T1.6")[index]
        figure = Figure(part if ref != "T1.6" else country.count("", "missing"), "count", ref, "country", _source(""))
        cards.append(
            KeyFigure(
                label,
                figure,
                whole,
                Figure(share(figure.value, whole), "share"),
                Figure(part - values[-2][1], "change"),
                "siden 1. nov. 2021",
                values,
                f"Linje over fem runder: {label}. Tallene står i tabell 1.",
                "31 ikke besvart",
            )
        )
    return KeyFigures(tuple(cards))


def answers_sheet(country: Country) -> Table:
    columns = (
        Column("number", "Kommunenummer", "number_text"),
        Column("name", "Kommune"),
        Column("day", "Levert", "date"),
        Column("months", "progress.delay_months", "count"),
        Column("share", "Andel", "share"),
        Column("comment", "comment"),
    )
    rows = tuple(
        Row(
            r["number"],
            (
                Figure(r["number"], "number_text"),
                r["name"],
                Figure(r["adopted"], "date"),
                Figure(r["delay"], "count"),
                Figure(share(r["step"], 5), "share"),
                f"Kommentar {i}",
            ),
        )
        for i, r in enumerate(country.rows)
    )
    return Table("all_answers", "Alle svar", columns, rows)


def note(
    *,
    language: str = "nb",
    units: int = 40,
    sample: bool = True,
    names: list[tuple[str, str, str]] | None = None,
    places: dict[str, tuple[int, int]] | None = None,
    extra: tuple[Block, ...] = (),
) -> Content:
    """The whole document. ``extra`` blocks come before the annexes; ``names`` and ``places`` give a real country."""
    country = Country(units, names)
    table, (stacked, trend, dumbbell, bars, histogram, dots) = plan_table(country), charts(country)
    total = {f.ref: f for f in table.rows[0].cells if isinstance(f, Figure)}
    top = {f.ref: f for f in table.rows[1].cells if isinstance(f, Figure)}
    blocks: list[Block] = [
        Heading("summary", 1, "Kort fortalt", numbered=False),
        Paragraph((Text(f"Status i landets {len(country.rows)} kommuner per 1. mai 2022."),), "lead"),
        key_figures(country),
        Heading("assessment", 2, "Helsedirektoratets vurdering", numbered=False),
        Paragraph(
            (
                Text("Status er at "),
                total["T1.8"],
                Text(" av kommunene har vedtatt plan. Framdriften siste halvår er jevn: "),
                total["T1.9"],
                Text(
                    " kommuner siden sist. Måloppnåelsen varierer mer mellom embetene enn mellom "
                    "innsatsområdene. Vi vurderer at hovedtyngden av kommunene kan være i gjennomføring i 2022, "
                    "forutsatt at støtten rettes mot de "
                ),
                total["T1.5"],
                Text(" kommunene uten plan."),
            ),
            "assessment",
        ),
        Heading("method", 1, "Metode"),
        Paragraph((Text("Tallene er svarene i innsendte rapporter."),), "lead"),
        Paragraph(
            (
                Text("Ingen tall er anslått. "),
                Text("Ikke besvart", True),
                Text(" er en egen kolonne overalt."),
            )
        ),
        Bullets(
            (
                (Text("Nevneren er alle kommuner."),),
                (Text("Oslo teller som én kommune, bydelene er holdt utenfor: "), total["T1.1"], Text(".")),
            )
        ),
        Heading("plan", 1, "Planstatus"),
        Paragraph(
            (
                total["T1.7"],
                Text(" av "),
                total["T1.1"],
                Text(" kommuner har vedtatt plan for reformen. Det er "),
                total["T1.8"],
                Text("."),
            ),
            "lead",
        ),
        Paragraph(
            (
                total["T1.2"],
                Text(" kommuner har egen plan, og "),
                total["T1.3"],
                Text(" har tatt reformen inn i en annen plan. "),
                total["T1.4"],
                Text(" har beskrevet en prosess, "),
                total["T1.5"],
                Text(" har ingen plan, og "),
                total["T1.6"],
                Text(" har ikke svart. Oslo og Viken har "),
                top["T1.8"],
                Text("."),
            )
        ),
        stacked,
        table,
        Heading("plan-map", 2, "Planstatus i hver kommune"),
        tile_map(country, places),
        Heading("plan-rounds", 2, "Utvikling over rundene"),
        Paragraph((total["T1.7"], Text(" kommuner har vedtatt plan."))),
        trend,
        Heading("anchoring", 1, "Forankring"),
        Paragraph((Text("Flest kommuner har forankret reformen i handlingsdelen."),), "lead"),
        dumbbell,
        Heading("solutions", 1, "De 25 løsningene"),
        Paragraph((Text("Flest har tatt opp den første løsningen."),), "lead"),
        solutions_table(country),
        Heading("support", 1, "Nettverk og støtte"),
        bars,
        Heading("progress", 1, "Steg, faser og forsinkelse"),
        histogram,
        dots,
        Paragraph((Text("Klassene er ikke like brede."),), "note"),
        *extra,
        Heading("annex-a", 1, "Vedlegg A: Kommunene", numbered=False),
        *annex_tables(country, 3),
        Heading("annex-b", 1, "Vedlegg B: Definisjoner og regler", numbered=False),
        Definitions(),
    ]
    words = NN if language == "nn" else NB
    return Content(
        title="Leve hele livet",
        subtitle="Status per 1. mai 2022",
        language=language,
        as_of=date(2022, 5, 1),
        frozen_at="2022-05-23T12:00:00+02:00",
        version="1.0",
        blocks=tuple(blocks),
        labels=tuple((key, words[key]) for key in LABEL_KEYS),
        counts=(("Rapporter i grunnlaget", len(country.rows)), ("Kommuner uten svar", country.count("", "missing"))),
        sample=sample,
        sheets=(answers_sheet(country),),
        meta=(
            ("Dato", "10. juni 2022"),
            ("Fra", "Helsedirektoratet"),
            ("Til", "Helse- og omsorgsdepartementet"),
            ("Runde", "1. mai 2022"),
        ),
    )


HOSTILE = (
    '=HYPERLINK("http://169.254.169.254/latest","klikk")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "{=1+1}",
    "<script>alert(1)</script>",
    '<img src="http://intern.example/x.png">',
    "<link rel=attachment href=file:///etc/passwd>",
    '"><svg onload="x()"><image href="file:///etc/passwd"/></svg>',
    "file:///etc/passwd",
    "http://localhost:8000/admin/",
    "https://example.org/",
    "url(http://10.0.0.1/a.css)",
    "]]>&lt;!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "\u202eetlev eleh evel\u202c",
    "مرحبا",
    "👩‍⚕️ ok 🎉",
    "nul\x00tegn\x01\x1f",
    "halv \ud83d surrogat",
    "\ufffe\uffff",
    "_x0041_",
    "{{ settings.SECRET_KEY }} {% include 'x' %}",
    "'; DROP TABLE answers; --",
    "a" * 100_000,
    "ord " * 25_000,
    "",
    "   ",
    "\n\n",
)


def hostile() -> Content:
    """The note with every hostile text as title, paragraph, cell, category, name and answer."""
    columns = (
        Column("text", HOSTILE[0], "text"),
        Column("n", HOSTILE[6], "count", "T90.1", HOSTILE[8], HOSTILE[9], HOSTILE[4]),
    )
    rows = tuple(
        Row(f"r{i}", (text, Figure(i, "count", "T90.1", f"r{i}")), group=text[:2000]) for i, text in enumerate(HOSTILE)
    )
    bad = Table("T90", HOSTILE[7], columns, rows, HOSTILE[9])
    sheet = Table(
        "bad/[sheet]:*?'name that is far too long",
        HOSTILE[0],
        (*columns, Column("no", "Nr", "number_text")),
        tuple(Row(row.key, (*row.cells, Figure(text, "number_text"))) for row, text in zip(rows, HOSTILE, strict=True)),
    )
    extra: tuple[Block, ...] = (
        Heading("bad", 1, HOSTILE[6]),
        *(Paragraph((Text(text), Text(text, True, "se"), Figure(text[:500], "text"))) for text in HOSTILE),
        Bullets(tuple((Text(text),) for text in HOSTILE[:20])),
        Chart(
            "F90",
            "stacked",
            HOSTILE[6],
            HOSTILE,
            (Series(HOSTILE[0], HOSTILE[9], tuple(range(len(HOSTILE)))),),
            HOSTILE[9],
            "T90",
            HOSTILE[8],
            HOSTILE,
            HOSTILE[6],
        ),
        Chart("F91", "nobody knows", "", (), (), "", "T90"),
        TileMap(
            "F92",
            HOSTILE[7],
            (Tile("0301", HOSTILE[9], 0, 0, "<", HOSTILE[6]),),
            (("<", HOSTILE[9], 1),),
            HOSTILE[9],
            "T90",
        ),
        bad,
        Table("T91", "Tom", (Column("a", "A"),), ()),
    )
    content = note(units=3, extra=extra)
    return Content(
        **{
            **{f: getattr(content, f) for f in content.__dataclass_fields__},
            "sheets": (*content.sheets, sheet),
            "meta": (*content.meta, (HOSTILE[6], HOSTILE[9])),
        }
    )
