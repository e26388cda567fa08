/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of a report: style, head, end, and the small parts that all reports share. */
#include "cli/bench/page.h"

#include <stdbool.h>

static const char style[] =
	":root{--page:#fcfcfb;--card:#fff;--ink:#16181d;--soft:#5c6470;--line:#e5e6e8;--faint:#"
	"f1f1f2;"
	"--alone:#7b8494;--bare:#d9483b;--scheduled:#0f7f8c;--critical:#0f7f8c;--best:#e9c789;"
	"--lane:#f4f4f3;color-scheme:light dark}\n"
	"@media(prefers-color-scheme:dark){:root{--page:#121417;--card:#1a1d21;--ink:#eceef1;"
	"--soft:#9aa3af;--line:#2c3037;--faint:#22262b;--alone:#98a2b3;--bare:#ff7263;"
	"--scheduled:#3cc4cf;--critical:#3cc4cf;--best:#8a6f3e;--lane:#202429}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--page);color:var(--ink);"
	"font:16px/1.55 system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}\n"
	"main{max-width:1000px;margin:0 auto;padding:56px 24px 72px}\n"
	"h1{font-size:34px;line-height:1.15;letter-spacing:-.02em;margin:0 0 10px}\n"
	"h2{font-size:20px;letter-spacing:-.01em;margin:52px 0 4px}\n"
	"p{margin:0 0 12px;max-width:46em}.soft{color:var(--soft)}.small{font-size:14px}\n"
	".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:16px;"
	"margin:32px 0 0}\n"
	".tile{background:var(--card);border:1px solid var(--line);border-radius:12px;"
	"padding:18px 20px}\n"
	".tile b{display:block;font-size:34px;line-height:1.2;letter-spacing:-.02em;"
	"font-variant-numeric:tabular-nums}\n"
	".tile b small{font-size:18px;font-weight:600;margin-left:3px}\n"
	".tile span{color:var(--soft);font-size:14px}\n"
	".tile.bare b{color:var(--bare)}.tile.scheduled b{color:var(--scheduled)}\n"
	"figure{margin:14px 0 0;background:var(--card);border:1px solid var(--line);"
	"border-radius:12px;padding:18px 20px 10px}\n"
	"svg{display:block;width:100%;height:auto;margin-top:10px}\n"
	".key{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:14px;color:var(--soft)}\n"
	".key i{display:inline-block;width:22px;height:4px;border-radius:2px;margin-right:8px;"
	"vertical-align:middle}.key i.block{width:12px;height:12px;border-radius:3px}\n"
	".key b{color:var(--ink);font-weight:600}\n"
	"i.alone{background:var(--alone)}i.bare{background:var(--bare)}"
	"i.scheduled{background:var(--scheduled)}i.critical{background:var(--critical)}"
	"i.best{background:var(--best)}i.pale{background:var(--ink);opacity:.22}"
	"i.full{background:var(--ink);opacity:.75}\n"
	".grid,.axis{stroke:var(--line);fill:none}.axis{stroke:var(--soft)}"
	".faint{stroke:var(--faint)}\n"
	"text{fill:var(--soft);font-size:12.5px}.label{font-size:12.5px}.end{text-anchor:end}"
	".mid{text-anchor:middle}.panel{fill:var(--ink);font-size:14px;font-weight:600}\n"
	".curve{fill:none;stroke-width:2.4;stroke-linejoin:round;stroke-linecap:round}"
	".curve.alone{stroke:var(--alone)}.curve.bare{stroke:var(--bare)}"
	".curve.scheduled{stroke:var(--scheduled)}\n"
	".dot{stroke:var(--card);stroke-width:2}.dot.alone{fill:var(--alone)}"
	".dot.bare{fill:var(--bare)}.dot.scheduled{fill:var(--scheduled)}\n"
	".lane{fill:var(--lane)}.k-critical{fill:var(--critical)}.k-best{fill:var(--best)}"
	".waits{fill:var(--ink);opacity:.22}.served{fill:var(--ink);opacity:.75}"
	".arrival{stroke:var(--ink);stroke-width:1.5}\n"
	".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin-top:14px;"
	"font-variant-numeric:tabular-nums;font-size:15px}\n"
	"th,td{text-align:right;padding:9px 12px;border-bottom:1px solid var(--line);"
	"white-space:nowrap}th{color:var(--soft);font-weight:500;font-size:14px}"
	"th:first-child,td:first-child{text-align:left;padding-left:0}"
	"tr.scheduled td{font-weight:600}\n"
	".lane-name{fill:var(--ink);font-size:13px}.t0{--tenant:#0f7f8c}.t1{--tenant:#c98a1b}"
	".t2{--tenant:#8a5bb5}.t3{--tenant:#4b8f3c}.t4{--tenant:#c2476b}.t5{--tenant:#5b6f8f}"
	".box{fill:var(--tenant)}.line{fill:none;stroke:var(--tenant);stroke-width:2.4;"
	"stroke-linejoin:round}.target{stroke:var(--tenant);stroke-width:1.2;"
	"stroke-dasharray:5 4;fill:none}i.tenant{background:var(--tenant)}\n"
	"code{font:13.5px ui-monospace,\"DejaVu Sans Mono\",monospace;background:var(--faint);"
	"padding:2px 5px;border-radius:5px}\n";

void page_begin(FILE *file, const char *title)
{
	fprintf(file, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		      "<title>");
	page_text(file, title);
	fprintf(file, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
}

void page_end(FILE *file)
{
	fprintf(file, "</main>\n</body>\n</html>\n");
}

void page_text(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '<' || *text == '>' || *text == '&')
			fprintf(file, "&#%d;", *text);
		else
			fputc(*text, file);
	}
}

void page_time(FILE *file, double ms, const char *before_unit, const char *after_unit)
{
	bool seconds = ms >= 1000;
	double value = seconds ? ms / 1e3 : ms;

	fprintf(file, "%.*f%s%s%s",
		value < 10    ? 2
		: value < 100 ? 1
			      : 0,
		value, before_unit, seconds ? "s" : "ms", after_unit);
}

void page_time_tile(FILE *file, const char *class, double ms, const char *caption)
{
	fprintf(file, "<div class=\"tile %s\"><b>", class);
	page_time(file, ms, "<small>", "</small>");
	fprintf(file, "</b><span>%s</span></div>\n", caption);
}
