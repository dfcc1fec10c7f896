"""The preview is the review screen's own renderer."""

from django.urls import reverse

from cards.markup import render

URL = "/cards/preview/"


def preview(client, prompt: str, answer: str = "", details: str = ""):
    return client.post(URL, {"prompt": prompt, "answer": answer, "details": details})


def test_it_shows_the_wording_as_a_review_does(client, deck) -> None:
    answer = "Since $e^x > 0$:\n\n```python\nx.exp()\n```"
    html = preview(client, "Why **exp**?", answer, "reference: the book\ntags: Loss").content.decode()
    review = client.get(
        reverse("cards:review_answer", args=[deck.cards.first().pk]), {"n": 0}
    ).content.decode()
    assert render("Why **exp**?") in html
    assert render(answer) in html
    assert "the book" in html
    assert "loss" in html
    assert render("Answer 1.") in review
    assert "<html" not in html


def test_it_never_shows_what_could_run(client, db) -> None:
    html = preview(
        client, "<script>alert(1)</script>", "[x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    )
    assert "<script" not in html.content.decode()
    assert "<img" not in html.content.decode()
    assert 'href="javascript' not in html.content.decode()


def test_it_says_what_is_wrong(client, db) -> None:
    response = preview(client, "  ", "An answer.")
    assert response.status_code == 422
    assert "A card needs a prompt." in response.content.decode()
    response = preview(client, "Prompt?", "", "colour: red")
    assert response.status_code == 422
    assert "Line 1: `colour:` is no detail." in response.content.decode()


def test_it_says_that_an_answer_is_missing(client, db) -> None:
    assert "No answer yet." in preview(client, "Prompt?").content.decode()


def test_it_only_takes_posts(client, db) -> None:
    assert client.get(URL).status_code == 405
