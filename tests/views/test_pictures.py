"""Pictures: what comes in, however hostile, is kept as our own WebP or refused with a sentence."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cards.actions import pictures
from cards.actions.cards import make_card
from cards.actions.decks import make_deck
from cards.actions.pictures import PictureRefused, store_picture
from cards.actions.suggestions import decline_suggestion, suggest_wording
from cards.cardtext import Wording
from cards.forms.cards import picture_markdown
from cards.markup import render
from cards.models import Learner, Picture
from tests.conftest import START

URL = "/pictures/"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain(width: int = 3, height: int = 2, colour: str = "teal") -> Image.Image:
    return Image.new("RGB", (width, height), colour)


def store(owner: Learner, data: bytes) -> Picture:
    return store_picture(owner=owner, file=BytesIO(data), now=START)


def kept(picture: Picture) -> Image.Image:
    with default_storage.open(picture.file_name) as file:
        image = Image.open(BytesIO(file.read()))
    assert image.format == "WEBP"
    return image


def refusal(owner: Learner, data: bytes) -> str:
    with pytest.raises(PictureRefused) as refused:
        store(owner, data)
    assert not Picture.objects.exists()
    assert not default_storage.exists("pictures") or not any(default_storage.listdir("pictures"))
    return str(refused.value)


def png_of(width: int, height: int) -> bytes:
    """A PNG file that says it is that large, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_it_keeps_a_picture_as_webp(kind, ada) -> None:
    picture = store(ada, encoded(plain(), kind))
    assert (picture.width, picture.height, picture.owner) == (3, 2, ada)
    assert kept(picture).size == (3, 2)


def test_it_keeps_what_is_transparent(ada) -> None:
    image = kept(store(ada, encoded(Image.new("RGBA", (2, 2), (0, 0, 0, 0)))))
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0))[3] == 0
    palette = Image.new("P", (2, 2))
    assert kept(store(ada, encoded(palette, "PNG", transparency=0))).mode == "RGBA"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "RGBA"])
def test_it_reads_every_common_kind_of_pixel(mode, ada) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert kept(store(ada, encoded(Image.new(mode, (2, 2)), kind))).size == (2, 2)


def test_it_shrinks_a_large_picture(ada) -> None:
    picture = store(ada, encoded(plain(4000, 1000), "JPEG"))
    assert (picture.width, picture.height) == kept(picture).size == (1600, 400)


def test_it_turns_a_photo_upright_and_drops_what_the_file_knew(ada) -> None:
    image, exif = plain(4, 2), Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "Camera maker"
    exif.get_ifd(0x8825)[1] = "N"
    options = {"exif": exif, "icc_profile": b"profile", "comment": b"a comment"}
    picture = store(ada, encoded(image, "JPEG", **options))
    upright = kept(picture)
    assert upright.size == (picture.width, picture.height) == (2, 4)
    assert not upright.getexif()
    assert not {"icc_profile", "exif", "xmp", "comment"} & upright.info.keys()
    with default_storage.open(picture.file_name) as file:
        assert b"Camera" not in file.read()


def test_it_keeps_the_first_frame_of_what_moves(ada) -> None:
    frames = [plain(colour="red"), plain(colour="blue")]
    for kind in ("GIF", "WEBP"):
        options = {"save_all": True, "append_images": frames[1:], "lossless": True}
        image = kept(store(ada, encoded(frames[0], kind, **options)))
        assert getattr(image, "n_frames", 1) == 1
        red, _, blue = image.convert("RGB").getpixel((0, 0))
        assert red > 200
        assert blue < 50


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"nothing of the kind", "That is no picture"),
        (b"<html><script>alert(1)</script>", "That is no picture"),
        (SVG, "SVG drawings are not taken"),
        (b"\xef\xbb\xbf  <SVG onload=alert(1)>", "SVG drawings are not taken"),
        (b"%PDF-1.7", "That is no picture"),
        (encoded(plain(), "BMP"), "That is no picture"),
        (encoded(plain(), "TIFF"), "That is no picture"),
        (encoded(plain(600, 600, "red"), "PNG")[:-60], "damaged"),
        (encoded(Image.effect_noise((300, 300), 90), "JPEG")[:5000], "damaged"),
        (png_of(300, 300), "damaged"),
        (png_of(8_000, 5_001), "more than 40 megapixels"),
        (png_of(10_000, 10_000), "more than 40 megapixels"),
        (png_of(60_000, 60_000), "more than 40 megapixels"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * (8 * 1024 * 1024), "more than 8 MB"),
    ],
)
def test_it_refuses_what_is_no_picture_with_a_sentence(data, said, ada) -> None:
    assert said in refusal(ada, data)


def test_nothing_but_pixels_survives_of_a_file_that_is_two_things(ada) -> None:
    """A GIF whose tail is a web page, and one whose comment is: what is served holds neither."""
    page = b"<html><script>alert(1)</script></html>"
    for data in (encoded(plain(), "GIF") + page, encoded(plain(), "GIF", comment=page)):
        picture = store(ada, data)
        with default_storage.open(picture.file_name) as file:
            written = file.read()
        assert written.startswith(b"RIFF")
        assert b"script" not in written


BASES = [encoded(Image.effect_noise((40, 30), 60).convert("RGB"), kind) for kind in pictures.FORMATS]


@given(
    st.sampled_from(BASES),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=20),
    st.floats(0.05, 1),
)
@settings(max_examples=300)
def test_a_damaged_file_is_read_or_refused_and_never_raises_anything_else(base, flips, share) -> None:
    data = bytearray(base[: int(len(base) * share)])
    for place, value in flips:
        data[int(place * len(data))] = value
    try:
        image = pictures._decode(bytes(data))
    except PictureRefused:
        return
    assert image.mode in {"RGB", "RGBA"}
    assert max(image.size) <= pictures.LONGEST_SIDE


def test_a_learner_keeps_so_many_and_a_guest_fewer(ada, monkeypatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PICTURES", 2)
    monkeypatch.setattr(pictures, "MOST_PICTURES_OF_A_GUEST", 1)
    teal, red, blue = (encoded(plain(colour=colour)) for colour in ("teal", "red", "blue"))
    first, second = store(ada, teal), store(ada, red)
    with pytest.raises(PictureRefused, match="You have 2 pictures"):
        store(ada, blue)
    assert store(ada, red) == second  # the other half of a double click
    guest = Learner.objects.create(username="guest-1", is_guest=True, date_joined=START)
    store(guest, teal)
    with pytest.raises(PictureRefused, match="Sign up to keep more"):
        store(guest, red)
    assert set(ada.pictures.all()) == {first, second}


def test_the_very_same_picture_is_kept_once_for_each_owner(ada, bob) -> None:
    """Whatever file it comes in."""
    first = store(ada, encoded(plain()))
    assert store(ada, encoded(plain(), "GIF")) == first
    assert store(ada, encoded(plain(colour="red"))) != first
    assert store(ada, encoded(plain(2, 3))) != first
    assert store(bob, encoded(plain())) != first
    assert len(default_storage.listdir("pictures")[1]) == Picture.objects.count() == 4


def test_a_picture_whose_file_was_lost_is_kept_anew(ada) -> None:
    first = store(ada, encoded(plain()))
    default_storage.delete(first.file_name)
    assert kept(store(ada, encoded(plain()))).size == (3, 2)


def test_a_row_that_cannot_be_written_leaves_no_file(ada, monkeypatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Picture, "save", fail)
    with pytest.raises(RuntimeError):
        store(ada, encoded(plain()))
    assert default_storage.listdir("pictures") == ([], [])


def test_a_file_that_cannot_be_written_leaves_no_row(ada, settings, tmp_path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    settings.MEDIA_ROOT = tmp_path / "blocked"
    with pytest.raises(OSError):
        store(ada, encoded(plain()))
    assert not Picture.objects.exists()


# --- through the web ------------------------------------------------------------------------------------------


def upload(client: Client, data: bytes, name: str = "plot.png", kind: str = "image/png"):
    return client.post(URL, {"picture": SimpleUploadedFile(name, data, kind)})


def test_the_editors_script_gets_the_address_of_what_it_sent(client_of, ada, clock) -> None:
    response = upload(client_of(ada), encoded(plain()))
    picture = Picture.objects.get(owner=ada)
    assert response.status_code == 201
    assert response.json() == {"url": f"/pictures/{picture.pk}"}


def test_the_content_decides_and_not_the_name(client_of, ada, clock) -> None:
    assert upload(client_of(ada), encoded(plain(), "JPEG"), "page.html", "text/html").status_code == 201
    response = upload(client_of(ada), b"<html>", "plot.png", "image/png")
    assert response.status_code == 422
    assert "That is no picture" in response.json()["error"]
    assert "The file is empty." in upload(client_of(ada), b"").json()["error"]


def test_an_upload_without_a_file_says_so(client_of, ada, clock) -> None:
    response = client_of(ada).post(URL)
    assert (response.status_code, response.json()) == (422, {"error": "Choose a file first."})


def test_an_upload_makes_a_guest(client, db, clock) -> None:
    assert upload(client, encoded(plain())).status_code == 201
    assert Picture.objects.get().owner.is_guest


def test_it_serves_the_file_as_nothing_but_a_picture(client_of, ada) -> None:
    picture = store(ada, encoded(plain()))
    response = client_of(ada).get(picture.get_absolute_url())
    assert b"".join(response.streaming_content).startswith(b"RIFF")
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    again = client_of(ada).get(picture.get_absolute_url(), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client_of(ada).head(picture.get_absolute_url()).status_code == 200


def test_one_sees_ones_own_and_those_of_cards_that_one_may_read(client, client_of, ada, bob, deck) -> None:
    picture = store(ada, encoded(plain()))
    url = picture.get_absolute_url()
    wording = Wording("Look?", picture_markdown(picture, "teal"))
    make_deck(owner=ada, name="Ada's", now=START, wordings=(wording,))
    assert [browser.get(url).status_code for browser in (client_of(ada), client_of(bob), client)] == [
        200,
        404,
        404,
    ]
    make_card(deck=deck, wording=wording, author=ada, now=START)
    assert [browser.get(url).status_code for browser in (client_of(ada), client_of(bob), client)] == [
        200,
        200,
        200,
    ]


def test_who_decides_a_suggestion_sees_its_pictures_while_it_is_open(
    client_of, ada, bob, staff, deck
) -> None:
    picture = store(bob, encoded(plain()))
    wording = Wording("Look?", picture_markdown(picture, "teal"))
    card = deck.cards.first()
    suggestion = suggest_wording(
        card=card, proposer=bob, wording=wording, base_number=1, reason="so", now=START
    )
    url = picture.get_absolute_url()
    assert [client_of(learner).get(url).status_code for learner in (bob, staff, ada)] == [200, 200, 404]
    decline_suggestion(suggestion=suggestion, editor=staff, reply="", now=START)
    assert client_of(staff).get(url).status_code == 404


def test_nobody_opens_a_strangers_picture_by_suggesting_it(client_of, ada, bob, staff, deck) -> None:
    picture = store(ada, encoded(plain()))
    wording = Wording("Look?", picture_markdown(picture, ""))
    suggest_wording(
        card=deck.cards.first(), proposer=bob, wording=wording, base_number=1, reason="so", now=START
    )
    assert [client_of(learner).get(picture.get_absolute_url()).status_code for learner in (bob, staff)] == [
        404,
        404,
    ]


def test_a_picture_whose_file_is_gone_is_not_found(client_of, ada) -> None:
    picture = store(ada, encoded(plain()))
    default_storage.delete(picture.file_name)
    assert client_of(ada).get(picture.get_absolute_url()).status_code == 404
    assert (
        client_of(ada)
        .get(reverse("cards:picture", args=["0" * 8 + "-0000-0000-0000-" + "0" * 12]))
        .status_code
        == 404
    )


@given(st.text(max_size=60))
def test_whatever_it_is_said_to_show_it_stays_a_picture(text) -> None:
    picture = Picture(width=1, height=1)
    assert f'src="/pictures/{picture.pk}"' in render(picture_markdown(picture, text))
