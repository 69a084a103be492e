"""Pictures for people to look at are of what is shown, as it is shown there."""

from pictures import take


def test_each_appearance_is_a_picture_of_its_own(signed_in, house, tmp_path):
    house.ask()
    tab = signed_in("supplier", "/s/requests", language="ko-KR")

    take(tab, tmp_path, "supplier/s/requests?view=waiting", whole=True)

    taken = {path.parent.name: path.read_bytes() for path in tmp_path.glob("*/supplier-s-requests-view-waiting.png")}
    assert {name: width_of(picture) for name, picture in taken.items()} == {
        "ko-light-1440": 1440,
        "ko-dark-1440": 1440,
        "ko-light-390": 390,
        "ko-dark-390": 390,
    }
    assert len(set(taken.values())) == 4


def width_of(picture):
    """Pixels: the first number behind the signature and the head of the first chunk of a PNG."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(picture[16:20])
