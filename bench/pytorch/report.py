# SPDX-License-Identifier: Apache-2.0
"""Reports: one HTML page that needs nothing else, with drawings in SVG, in the style of the
demonstration (bench/demo): light or dark as the reader's system is."""

import html
import math

STYLE = """
:root{--page:#fcfcfb;--card:#fff;--ink:#16181d;--soft:#5c6470;--line:#e5e6e8;--faint:#f1f1f2;
--alone:#7b8494;--bare:#d9483b;--shim:#0f7f8c;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--page:#121417;--card:#1a1d21;--ink:#eceef1;--soft:#9aa3af;
--line:#2c3037;--faint:#22262b;--alone:#98a2b3;--bare:#ff7263;--shim:#3cc4cf}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1000px;margin:0 auto;padding:56px 24px 72px}
h1{font-size:34px;line-height:1.15;letter-spacing:-.02em;margin:0 0 10px}
h2{font-size:20px;letter-spacing:-.01em;margin:52px 0 4px}
p{margin:0 0 12px;max-width:46em}.soft{color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:16px;margin:32px 0 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px}
.tile b{display:block;font-size:34px;line-height:1.2;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:14px}
.tile.bare b{color:var(--bare)}.tile.shim b{color:var(--shim)}
figure{margin:14px 0 0;background:var(--card);border:1px solid var(--line);border-radius:12px;
padding:18px 20px 10px}
svg{display:block;width:100%;height:auto;margin-top:10px}
.key{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:14px;color:var(--soft)}
.key i{display:inline-block;width:22px;height:4px;border-radius:2px;margin-right:8px;
vertical-align:middle}.key b{color:var(--ink)}
i.alone{background:var(--alone)}i.bare{background:var(--bare)}i.shim{background:var(--shim)}
.grid{stroke:var(--line);fill:none}.limit{stroke:var(--bare);fill:none;stroke-dasharray:4 4}
text{fill:var(--soft);font-size:12.5px}.end{text-anchor:end}.mid{text-anchor:middle}
.name{fill:var(--ink)}
.curve{fill:none;stroke-width:2.2;stroke-linejoin:round}
.curve.alone{stroke:var(--alone)}.curve.bare{stroke:var(--bare)}.curve.shim{stroke:var(--shim)}
.dot.alone{fill:var(--alone)}.dot.bare{fill:var(--bare)}.dot.shim{fill:var(--shim)}
.dot{stroke:var(--card);stroke-width:1.5}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin-top:14px;font-variant-numeric:tabular-nums;
font-size:15px}
th,td{text-align:right;padding:9px 12px;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:500;font-size:14px}
th:first-child,td:first-child{text-align:left;padding-left:0}
code{font:13.5px ui-monospace,"DejaVu Sans Mono",monospace;background:var(--faint);padding:2px 5px;
border-radius:5px}
"""
WIDTH, LEFT, RIGHT = 920.0, 70.0, 904.0


def text(value):
    return html.escape(str(value))


def page(title, introduction, *parts):
    """The page; parts are pieces of HTML made by the functions below."""
    return (f"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            f"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
            f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
            f"<h1>{text(title)}</h1>\n<p class=\"soft\">{text(introduction)}</p>\n"
            + "\n".join(parts) + "\n</main>\n</body>\n</html>\n")


def tiles(entries):
    """Of (class, large text, caption)."""
    return "<div class=\"tiles\">" + "".join(
        f"<div class=\"tile {kind}\"><b>{text(value)}</b><span>{text(caption)}</span></div>"
        for kind, value, caption in entries) + "</div>"


def section(title, paragraph, *parts):
    return f"<h2>{text(title)}</h2>\n<p class=\"soft\">{text(paragraph)}</p>\n" + "\n".join(parts)


def table(headings, rows):
    def line(cells, kind):
        return "<tr>" + "".join(f"<{kind}>{text(cell)}</{kind}>" for cell in cells) + "</tr>\n"

    return ("<div class=\"scroll\"><table>\n" + line(headings, "th")
            + "".join(line(row, "td") for row in rows) + "</table></div>")


def figure(keys, drawing):
    """keys: (class, name)."""
    return ("<figure><div class=\"key\">"
            + "".join(f"<span><i class=\"{kind}\"></i>{text(name)}</span>" for kind, name in keys)
            + f"</div>{drawing}</figure>")


def _svg(height, label, *pieces):
    return (f"<svg viewBox=\"0 0 {WIDTH:g} {height:g}\" role=\"img\" aria-label=\"{text(label)}\">"
            + "".join(pieces) + "</svg>")


def _ticks(low, high):
    """Where a logarithmic axis is labelled: 1, 2 and 5 of each decade."""
    decade = 10.0 ** math.floor(math.log10(low))
    while decade <= high:
        for step in (1, 2, 5):
            if low <= step * decade <= high:
                yield step * decade
        decade *= 10


def _time(ms):
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"


def latencies(series):
    """Distributions of times in ms, series of (class, name, values). Both axes are logarithmic,
    upwards in the share of requests that take longer: the slow few have as much room as the rest."""
    series = [(kind, name, sorted(values)) for kind, name, values in series if values]
    if not series:
        return figure([], "<p class=\"soft\">no results</p>")
    top, bottom = 16.0, 330.0
    low = max(min(values[0] for _, _, values in series) * 0.85, 1e-3)
    high = max(values[-1] for _, _, values in series) * 1.15
    tail = max(math.log10(2 * len(values)) for _, _, values in series)

    def x(ms):
        return LEFT + (RIGHT - LEFT) * math.log(max(ms, low) / low) / math.log(high / low)

    def y(share):
        return bottom - (bottom - top) * min(-math.log10(max(1 - share, 1e-9)), tail) / tail

    pieces = []
    for share in (0, 0.5, 0.9, 0.99, 0.999):
        if -math.log10(1 - share) <= tail:
            pieces.append(f"<path class=\"grid\" d=\"M{LEFT} {y(share):.1f}H{RIGHT}\"/>"
                          f"<text class=\"end\" x=\"{LEFT - 8}\" y=\"{y(share) + 4:.1f}\">"
                          f"{100 * share:g} %</text>")
    for ms in _ticks(low, high):
        pieces.append(f"<path class=\"grid\" d=\"M{x(ms):.1f} {top}V{bottom}\"/>"
                      f"<text class=\"mid\" x=\"{x(ms):.1f}\" y=\"{bottom + 20}\">{_time(ms)}</text>")
    for kind, name, values in series:
        count = len(values)
        points = "L".join(f"{x(v):.1f} {y((i + 0.5) / count):.1f}" for i, v in enumerate(values))
        pieces.append(f"<path class=\"curve {kind}\" d=\"M{points}\"/>")
        for share in (0.5, 0.99):
            at = values[max(math.ceil(share * count) - 1, 0)]
            pieces.append(f"<circle class=\"dot {kind}\" cx=\"{x(at):.1f}\" cy=\"{y(share):.1f}\" "
                          f"r=\"4.5\"><title>{text(name)}: {100 * share:g} % within {at:.2f} ms"
                          "</title></circle>")
    return figure([(kind, name) for kind, name, _ in series],
                  _svg(bottom + 34, "Share of requests answered within a time", *pieces))


def changes(rows, limits):
    """Changes in percent: rows of (name, [(class, value)]), limits drawn as dashed lines."""
    height, top = 30.0, 10.0
    known = [abs(v) for _, values in rows for _, v in values if not math.isnan(v)]
    span = min(max([*known, *limits, 1.0]) * 1.2, 40)
    left = 250.0

    def x(percent):
        return left + (RIGHT - left) * (max(min(percent, span), -span) + span) / (2 * span)

    bottom = top + height * len(rows)
    pieces = [f"<path class=\"grid\" d=\"M{x(0):.1f} {top}V{bottom}\"/>"
              f"<text class=\"mid\" x=\"{x(0):.1f}\" y=\"{bottom + 18}\">0 %</text>"]
    for limit in limits:
        pieces.append(f"<path class=\"limit\" d=\"M{x(limit):.1f} {top}V{bottom}\"/>"
                      f"<text class=\"mid\" x=\"{x(limit):.1f}\" y=\"{bottom + 18}\">+{limit:g} %"
                      "</text>")
    for i, (name, values) in enumerate(rows):
        y = top + height * (i + 0.5)
        pieces.append(f"<text class=\"name end\" x=\"{left - 12}\" y=\"{y + 4:.1f}\">{text(name)}"
                      "</text>")
        for kind, value in values:
            if not math.isnan(value):
                pieces.append(f"<circle class=\"dot {kind}\" cx=\"{x(value):.1f}\" cy=\"{y:.1f}\" "
                              f"r=\"5\"><title>{value:+.2f} %</title></circle>")
    return _svg(bottom + 30, "Changes in percent", *pieces)


def lines(series, unit, seconds):
    """Values over time: series of (class, name, [(second, value)])."""
    top, bottom = 12.0, 220.0
    high = max([v for _, _, points in series for _, v in points] or [1]) * 1.1 or 1

    def point(at, value):
        return (f"{LEFT + (RIGHT - LEFT) * at / max(seconds, 1e-9):.1f} "
                f"{bottom - (bottom - top) * value / high:.1f}")

    pieces = []
    for part in range(5):
        value = high * part / 4
        y = bottom - (bottom - top) * part / 4
        pieces.append(f"<path class=\"grid\" d=\"M{LEFT} {y:.1f}H{RIGHT}\"/><text class=\"end\" "
                      f"x=\"{LEFT - 8}\" y=\"{y + 4:.1f}\">{value:.3g}</text>")
    pieces.append(f"<text class=\"end\" x=\"{RIGHT}\" y=\"{bottom + 20}\">{seconds:.0f} s</text>"
                  f"<text x=\"{LEFT}\" y=\"{bottom + 20}\">{text(unit)}</text>")
    for kind, _, points in series:
        if points:
            pieces.append(f"<path class=\"curve {kind}\" d=\"M"
                          + "L".join(point(at, value) for at, value in points) + "\"/>")
    return figure([(kind, name) for kind, name, _ in series],
                  _svg(bottom + 34, "Values over time", *pieces))
