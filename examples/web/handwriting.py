# Digits as people write them, as strokes of a pen: several forms of each digit, and changes of slant, width and hand.
import math
import random


def arc(x, y, rx, ry, begin, end, count=24):
    """Positions on an ellipse about (x, y); angles in degrees, 0 to the right, 90 downwards."""
    angles = [math.radians(begin + (end - begin) * i / count) for i in range(count + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


def line(*corners, count=8):
    result = [corners[0]]
    for (ax, ay), (bx, by) in zip(corners, corners[1:]):
        result += [(ax + (bx - ax) * i / count, ay + (by - ay) * i / count) for i in range(1, count + 1)]
    return result


# Each form is a list of strokes in a box of 100 x 100; y grows downwards.
FORMS = {
    0: [[arc(50, 50, 28, 40, -90, -450)], [arc(50, 50, 22, 42, -60, 300)], [arc(50, 50, 36, 38, -100, -460)]],
    1: [[line((50, 8), (50, 92))], [line((34, 28), (54, 8), (54, 92))], [line((58, 8), (44, 92))]],
    2: [[arc(50, 32, 26, 24, 190, 390) + line((72, 45), (24, 90), (80, 90))],
        [arc(48, 30, 24, 22, 180, 380) + line((70, 40), (50, 62), (22, 90), (78, 88))],
        [line((24, 28), (40, 10)) + arc(50, 32, 26, 22, -70, 40) + line((60, 56), (24, 90), (78, 90))]],
    3: [[arc(46, 30, 26, 21, -150, 85) + arc(46, 70, 29, 21, -88, 150)],
        [arc(48, 29, 22, 20, 200, 450) + arc(48, 71, 27, 22, -90, 160)]],
    4: [[line((34, 10), (22, 58), (80, 58)), line((66, 12), (62, 92))],
        [line((62, 8), (20, 64), (84, 64)), line((62, 8), (62, 92))],
        [line((28, 12), (28, 52), (70, 52)), line((70, 10), (70, 90))]],
    5: [[line((74, 10), (34, 10), (30, 44)) + arc(46, 66, 27, 25, -130, 140)],
        [line((34, 12), (32, 46)) + arc(48, 66, 26, 24, -125, 145), line((34, 12), (76, 10))]],
    6: [[line((62, 8), (44, 26), (32, 50)) + arc(52, 68, 22, 22, 190, -170)],
        [arc(70, 60, 44, 52, -95, -185) + arc(50, 68, 24, 23, 180, -180)]],
    7: [[line((22, 12), (78, 12), (44, 92))], [line((22, 14), (76, 12), (52, 52), (42, 92))],
        [line((22, 12), (78, 12), (46, 92)), line((36, 52), (72, 50))]],
    8: [[arc(50, 30, 20, 20, -60, -270) + arc(50, 71, 25, 21, -90, 270) + arc(50, 30, 20, 20, 90, -60)],
        [arc(50, 30, 21, 20, 90, 450), arc(50, 70, 25, 21, -90, 270)]],
    9: [[arc(50, 32, 22, 23, 0, -360) + line((72, 32), (68, 62), (60, 92))],
        [arc(48, 32, 23, 22, -20, -380) + line((70, 26), (68, 92))]],
}


def written(form, slant=0.0, width=1.0, angle=0.0, shake=0.0, seed=0):
    """A form, slanted, scaled, rotated, and with a hand that shakes."""
    hand = random.Random(seed)
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    result = []
    for stroke in form:
        dx, dy = hand.gauss(0, shake), hand.gauss(0, shake)
        points = []
        for x, y in stroke:
            dx, dy = 0.85 * dx + hand.gauss(0, shake / 3), 0.85 * dy + hand.gauss(0, shake / 3)
            x, y = (x - 50) * width - slant * (y - 50), y - 50
            points.append((50 + cosine * x - sine * y + dx, 50 + sine * x + cosine * y + dy))
        result.append(points)
    return result


def many():
    """(digit, strokes) of all forms under many changes."""
    for digit, forms in FORMS.items():
        for number, form in enumerate(forms):
            for slant in (-0.1, 0.0, 0.2, 0.3):
                for width in (0.75, 1.0, 1.2):
                    for angle in (-8, 0, 8):
                        yield digit, written(form, slant, width, angle, 1.5, 1000 * digit + number)
