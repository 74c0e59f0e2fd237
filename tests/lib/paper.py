"""A PDF as its reader sees it, and as a scanner of codes does."""
import ctypes
import html
import re
import subprocess


def tool(data, *command):
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def words(data):
    """(text, x0, y0, x1, y1) of each word."""
    page = tool(data, "pdftotext", "-bbox", "-", "-").decode()
    found = re.findall(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>', page)
    return [(html.unescape(t), *map(float, box)) for *box, t in found]


def scanned(data):
    """What a scanner reads off the printed page."""
    z = ctypes.CDLL("libzbar.so.0")
    for name in ("zbar_image_scanner_create", "zbar_image_create", "zbar_image_first_symbol"):
        getattr(z, name).restype = ctypes.c_void_p
    z.zbar_symbol_get_data.restype = ctypes.c_char_p
    magic, size, depth, pixels = tool(data, "pdftoppm", "-r", "150", "-gray", "-").split(b"\n", 3)
    width, height = map(int, size.split())
    assert magic == b"P5" and depth == b"255" and len(pixels) == width * height
    scanner, image = (ctypes.c_void_p(getattr(z, n)()) for n in ("zbar_image_scanner_create", "zbar_image_create"))
    z.zbar_image_scanner_set_config(scanner, 0, 0, 0)  # no kind of code
    z.zbar_image_scanner_set_config(scanner, 64, 0, 1)  # but QR
    z.zbar_image_set_format(image, ctypes.c_ulong(int.from_bytes(b"Y800", "little")))
    z.zbar_image_set_size(image, width, height)
    z.zbar_image_set_data(image, pixels, ctypes.c_ulong(len(pixels)), None)
    assert z.zbar_scan_image(scanner, image) == 1, "no code found"
    return z.zbar_symbol_get_data(ctypes.c_void_p(z.zbar_image_first_symbol(image))).decode()


def text(data):
    return " ".join(w[0] for w in words(data))
