"""The plain-text twin of an HTML mail."""

import pytest

from cadans.outreach.twin import plain_twin


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Een</p><p>Twee<br>drie</p>", "Een\n\nTwee\ndrie\n"),
        ("<ul><li>a</li><li><p>b</p></li></ul><p>c</p>", "- a\n- b\n\nc\n"),
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "1. a\n\n  - b\n2. c\n"),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example\n"),
        ('<a href="mailto:a@x.example">Anna</a>', "Anna (a@x.example)\n"),
        ("<style>p {}</style><script>x</script><p>a &amp; b</p>", "a & b\n"),
        ("<p>  veel\n  wit  </p>", "veel wit\n"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b\n"),
        ("", "\n"),
        ("<p>niet gesloten", "niet gesloten\n"),
    ],
)
def test_it_says_what_the_html_says(html, text):
    assert plain_twin(html) == text
