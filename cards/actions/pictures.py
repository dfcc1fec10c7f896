"""Pictures come in as files of any origin, and are kept as WebP files that we encoded ourselves."""

from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from cards.models import Learner, Picture

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")  # no other decoder ever sees a byte
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
QUALITY = 88
MOST_PICTURES, MOST_PICTURES_OF_A_GUEST = 200, 20


class PictureRefused(ValueError):
    """Why a file is not taken, as a sentence for whoever sent it."""


def store_picture(*, owner: Learner, file: BinaryIO, now: datetime) -> Picture:
    """Keeps the picture that the file shows, re-encoded, its longer side 1600 pixels at most.

    What is kept are pixels alone: turned upright, the first frame, without anything else that the file
    holds (place, camera, comments, a second format behind the first). Where the owner has the very same picture
    already, that is it: nothing is kept twice. Raises PictureRefused for what is no PNG, JPEG, GIF or WebP picture,
    is damaged, or has more than 8 MB or 40 megapixels, and when the owner has 200 pictures (a guest: 20).
    """
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise PictureRefused(_("The file has more than 8 MB. Make the picture smaller."))
    image = _decode(data)
    encoded = BytesIO()
    image.save(encoded, "WEBP", quality=QUALITY)
    picture = Picture(owner=owner, width=image.width, height=image.height, created_at=now)
    try:
        with transaction.atomic():
            # Both halves of a double click queue here; a grade is not held up.
            Learner.objects.select_for_update(no_key=True).get(pk=owner.pk)
            if same := _same_picture(owner, picture, encoded.getvalue()):
                return same
            _check_count(owner)
            # The file comes first, so that there is no moment with a row and no file.
            default_storage.save(picture.file_name, ContentFile(encoded.getvalue()))
            picture.save(force_insert=True)
    except BaseException:
        default_storage.delete(picture.file_name)
        raise
    return picture


def _same_picture(owner: Learner, picture: Picture, encoded: bytes) -> Picture | None:
    """What its owner has of that size and those bytes."""
    for kept in owner.pictures.filter(width=picture.width, height=picture.height):
        if default_storage.exists(kept.file_name):
            with default_storage.open(kept.file_name) as file:
                if file.read() == encoded:
                    return kept
    return None


def _check_count(owner: Learner) -> None:
    most = MOST_PICTURES_OF_A_GUEST if owner.is_guest else MOST_PICTURES
    if owner.pictures.count() >= most:
        said = _("You have %(count)s pictures, and no more are kept.") % {"count": most}
        raise PictureRefused(f"{said} {_('Sign up to keep more.')}" if owner.is_guest else said)


def _decode(data: bytes) -> Image.Image:
    """The pixels alone, upright and small enough."""
    if not data:
        raise PictureRefused(_("The file is empty."))
    if b"<svg" in data[:2000].lower():
        raise PictureRefused(_("SVG drawings are not taken, since they may carry scripts. Save it as PNG."))
    try:
        image: Image.Image = Image.open(BytesIO(data), formats=FORMATS)
        _check_size(image)
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large photo is decoded at a fraction of its size
        image = ImageOps.exif_transpose(image)
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except PictureRefused:
        raise
    except UnidentifiedImageError:
        raise PictureRefused(_("That is no picture that can be read: send PNG, JPEG, GIF or WebP.")) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except Exception as error:  # decoders raise whatever a damaged file makes them stumble over
        raise PictureRefused(_("The picture is damaged and cannot be read to its end.")) from error
    image.info.clear()  # else the encoder would take metadata over
    return image


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise _too_large()


def _too_large() -> PictureRefused:
    return PictureRefused(_("The picture has more than 40 megapixels. Make it smaller."))
