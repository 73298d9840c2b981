"""What a reader sees of an HTML document."""

from submissions.extraction.links import visible_text


def test_blocks_stand_on_lines_of_their_own() -> None:
    assert visible_text("<p>one</p><div>two</div>three<br>four") == "one\n\ntwo\nthree\nfour"


def test_inline_elements_join_their_words() -> None:
    assert visible_text("<p>pass<b>wo</b><span>rd</span></p>") == "password"


def test_line_ends_of_the_source_are_blanks_outside_pre() -> None:
    assert visible_text("<p>one\n  two</p><pre>three\nfour</pre>") == "one two\n\nthree\nfour"


def test_scripts_styles_and_titles_are_not_seen() -> None:
    assert visible_text("<title>t</title><style>s</style><script>x</script>seen") == "seen"


def test_a_very_deep_document_keeps_its_words() -> None:
    assert visible_text("<div>" * 100_000 + "deep") == "deep"
