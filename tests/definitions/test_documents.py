from __future__ import annotations

from worthbook.definitions.documents import Document, read_documents


def only(text: str) -> Document:
    (document,) = read_documents(text, "mine.yaml").readable
    return document


def said(text: str) -> list[str]:
    return [problem.say("en").splitlines()[0] for problem in read_documents(text, "mine.yaml").problems]


def test_the_first_key_is_the_kind_and_its_value_the_name() -> None:
    document = only("measure: orders_12m\nunit: count\n")

    assert (document.noun, document.name, document.tree) == ("measure", "orders_12m", {"unit": "count"})


def test_every_key_and_item_knows_its_line() -> None:
    document = only("# a comment\nmeasure: m\ntitle:\n  en: >\n    Long\n    text\n  zh: 文\ncaveats:\n  - a\n  - b\n")

    assert document.lines == {
        "measure": 2,
        "title": 3,
        "title.en": 4,
        "title.zh": 7,
        "caveats": 8,
        "caveats.0": 9,
        "caveats.1": 10,
    }


def test_a_key_that_is_not_written_is_placed_at_the_nearest_one_around_it() -> None:
    document = only("measure: m\ntitle:\n  en: Text\n")

    assert str(document.place_of(("title", "zh"))) == "mine.yaml:2"


def test_documents_count_lines_from_the_top_of_the_file() -> None:
    documents = read_documents("measure: a\n---\n# note\nmeasure: b\n--- \nmeasure: c\n", "mine.yaml").readable

    assert [(each.name, each.line) for each in documents] == [("a", 1), ("b", 4), ("c", 6)]


def test_plain_words_are_numbers_and_truths_only_where_yaml_says_so() -> None:
    tree = only("measure: m\na: 1\nb: -0.5\nc: yes\nd: true\ne: 2026-06-30\nf: '7'\ng:\nh: null\ni: 1e3\nj: on\n").tree

    assert list(tree.values()) == [1, -0.5, "yes", True, "2026-06-30", "7", None, None, 1000.0, "on"]


def test_a_comment_alone_is_no_document() -> None:
    assert read_documents("# nothing here\n---\n", "mine.yaml").readable == ()


def test_a_document_that_cannot_be_read_hides_no_other() -> None:
    found = read_documents("measure: a\ntitle: {en: x\n---\nmeasure: b\n", "mine.yaml")

    assert ([each.name for each in found.readable], set(found.broken)) == (["b"], {"a"})


def test_an_open_bracket_is_told_where_it_opens() -> None:
    assert said("measure: m\ntitle: {en: x\nunit: money\n") == [
        "mine.yaml:2: [yaml-unreadable] This is not readable as YAML (column 8): a bracket is not closed."
    ]


def test_an_open_quote_is_told_where_it_opens() -> None:
    assert said('measure: a\n---\nmeasure: m\ntitle: "x\nunit: money\n') == [
        "mine.yaml:4: [yaml-unreadable] This is not readable as YAML (column 8): a quote is not closed."
    ]


def test_a_tab_is_told() -> None:
    assert said("measure: m\ntitle:\n\ten: x\n") == [
        (
            "mine.yaml:3: [yaml-unreadable] This is not readable as YAML (column 1): "
            "no value begins with this character (a tab, @, `)."
        )
    ]


def test_a_colon_too_many_is_told() -> None:
    assert said("measure: m\nsource: Zeithaml: the pyramid\n") == [
        (
            "mine.yaml:2: [yaml-unreadable] This is not readable as YAML (column 17): "
            "a colon too many, or a line too far in."
        )
    ]


def test_a_control_character_is_told() -> None:
    assert said("measure: m\nsource: a\x07b\n") == [
        "mine.yaml:1: [yaml-unreadable] This is not readable as YAML (column 21): a control character."
    ]


def test_a_repeated_key_is_told_with_its_first_line() -> None:
    assert said("measure: m\nunit: money\ntitle: {en: a, zh: b}\nunit: count\n") == [
        "mine.yaml:4: [definition-key-twice] 'unit' stands here twice; first on line 2."
    ]


def test_an_alias_is_refused() -> None:
    assert said("measure: m\ntitle: &words {en: a, zh: b}\ndescription: *words\n") == [
        "mine.yaml:2: [definition-anchor-used] Anchors and aliases (`&name`, `*name`) are not read."
    ]


def test_a_value_within_itself_ends() -> None:
    assert said("measure: m\ncaveats: &a [*a]\n") == [
        "mine.yaml:2: [definition-anchor-used] Anchors and aliases (`&name`, `*name`) are not read."
    ]


def test_a_list_is_no_definition() -> None:
    assert said("- measure\n- m\n") == [
        "mine.yaml:1: [definition-not-a-mapping] A definition consists of lines `key: value`."
    ]


def test_a_key_is_plain_text() -> None:
    assert said("measure: m\n? [a, b]\n: c\n") == ["mine.yaml:2: [definition-key-unfit] A key must be plain text."]
