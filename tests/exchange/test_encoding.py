"""The text in an uploaded file's bytes."""

import codecs
import random
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.exchange.encoding import Decoded, UnreadableFile, decode

ENGLISH = "Why can’t we use torch.where?\n\nIt picks between two cases — no more. A “naïve” try fails.\n"
FRENCH = "Pourquoi réduit-on l’image ?\n\nParce que les rotations laissent des coins vides à l’arrière.\n"
GERMAN = (
    "Warum zuerst eine große Größe?\n\nWeil für die Drehung Ränder übrig bleiben müssen, später schöner.\n"
)
RUSSIAN = "Почему сначала уменьшаем изображение на процессоре?\n\nЧтобы все картинки были одного размера.\n"
POLISH = (
    "Dlaczego najpierw zmniejszamy obraz?\n\n"
    "Żeby wszystkie obrazy były tej samej wielkości, a później można było łatwo obracać.\n"
)
JAPANESE = "なぜ最初に大きなサイズにするのですか？\n\n回転のための余白を残すためです。\n"
CHINESE = "为什么先在处理器上调整图像大小？\n\n为了让所有图像大小相同，然后再在显卡上做增强。\n"
KOREAN = "왜 먼저 이미지를 크게 조정합니까?\n\n모든 이미지의 크기를 같게 하기 위해서입니다.\n"


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (ENGLISH, "utf-8", "utf-8"),
        (JAPANESE, "utf-8", "utf-8"),
        ("plain\r\n", "ascii", "utf-8"),
        (ENGLISH, "utf-16-le", "utf-16-le"),
        (ENGLISH, "utf-16-be", "utf-16-be"),
        (RUSSIAN, "utf-16-le", "utf-16-le"),
        (JAPANESE, "utf-16-be", "utf-16-be"),
        (ENGLISH, "cp1252", "windows-1252"),
        (FRENCH, "cp1252", "windows-1252"),
        (GERMAN, "latin-1", "windows-1252"),
        ("What is a naïve model?\n\nA baseline.", "latin-1", "windows-1252"),
        ("Rotate by how much?\n\nBy ±20° or so.", "cp1252", "windows-1252"),
        (POLISH, "cp1250", "windows-1250"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (JAPANESE, "shift_jis", "shift-jis"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (CHINESE, "gb18030", "gb18030"),
        (KOREAN, "euc_kr", "euc-kr"),
    ],
)
def test_it_reads_a_text_and_names_its_encoding(text: str, codec: str, name: str) -> None:
    assert decode(text.encode(codec)) == Decoded(text, name)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "gb18030"])
def test_it_believes_a_byte_order_mark(codec: str) -> None:
    assert decode(("\ufeff" + CHINESE).encode(codec)) == Decoded(CHINESE, codec)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip))
def test_it_reads_every_text_in_utf_8_as_it_is(text: str) -> None:
    assert decode(codecs.BOM_UTF8 + text.encode()).text == text
    assert decode(b"a" + text.encode()).text == "a" + text


@given(st.binary(max_size=300))
def test_it_reads_any_bytes_to_the_letter_or_refuses_them(data: bytes) -> None:
    with suppress(UnreadableFile):
        decoded = decode(data)
        codec = "cp932" if decoded.encoding == "shift-jis" else decoded.encoding
        # Read back, not written: cp932 has some characters twice.
        assert data.decode(codec).removeprefix("\ufeff") == decoded.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \r\n\t\n", "nothing but blank lines"),
        (codecs.BOM_UTF8, "nothing but blank lines"),
        (b"\x89PNG\r\n\x1a\n....", "is a PNG picture, not plain text"),
        (b"\xff\xd8\xff\xe0", "is a JPEG picture"),
        (b"PK\x03\x04....", "is a ZIP archive or an office document"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"\x1f\x8b\x08", "is a gzip archive"),
        (b"\xd0\xcf\x11\xe0\xa1", "is an old office document"),
        (b"{\\rtf1 words}", "is an RTF document"),
        (b"Why?\x00\x01\x02", "is binary, not plain text"),
        (b"Why?\nbecause\x1b[0m", "line 2 holds the control character 0x1b"),
        (codecs.BOM_UTF16_LE + b"a\x00b", "begins as utf-16-le, but is damaged at byte 4"),
        (codecs.BOM_UTF8 + b"caf\xe9", "begins as utf-8, but is damaged at byte 6"),
        (
            zlib.compress(random.Random(0).randbytes(3000)).replace(b"\x00", b"\x01"),
            "not surely text in any encoding",
        ),
        ("Où ça? déjà vu.".encode("cp1252"), "not surely text in any encoding"),
        (random.Random(0).randbytes(3000), "is binary"),
        ("Что это?\n\nЭто.".encode("koi8-r"), "unsure: it may be koi8-r or "),
        ("Hvað er það?\n\nÞað er þetta.".encode("cp1252"), "is unsure: it may be "),
        ("Miért? Mert így minden kép ugyanakkora, és később könnyű.".encode("cp1250"), "is unsure"),
        ("畳み込みとは？\n\n計算です。".encode("euc_jp"), "is unsure: it may be big5 or euc-jp or "),
    ],
)
def test_it_refuses_what_is_not_surely_text(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFile, match=sentence.replace(".", r"\.")):
        decode(data)


@pytest.mark.parametrize(
    ("size", "limit", "sentence"),
    [
        (50_000_000, 2_000_000, "has 50 MB. The most that can be read is 2 MB."),
        (2_000_001, 2_000_000, "has 2.1 MB. The most that can be read is 2 MB."),
        (600_000, 500_000, "has 0.6 MB. The most that can be read is 0.5 MB."),
    ],
)
def test_it_says_both_sizes_of_a_file_that_is_too_large(size: int, limit: int, sentence: str) -> None:
    with pytest.raises(UnreadableFile, match=sentence.replace(".", r"\.")):
        decode(b"a" * size, limit)
    assert decode(b"a" * limit, limit).encoding == "utf-8"


def test_it_reads_the_largest_file_in_a_moment() -> None:
    data = (RUSSIAN * 20_000).encode("cp1251")[:2_000_000]
    assert decode(data).encoding == "windows-1251"
