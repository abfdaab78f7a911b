#include "tools/creneauctl/receipt_form.h"

#include <qrencode.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace creneau::ctl {
namespace {

constexpr const char* kStyle = R"(
@page { size: A4; margin: 12mm; }
body { font: 9.5pt/1.3 system-ui, sans-serif; color: #000; background: #fff; max-width: 186mm; margin: auto; }
h1 { font-size: 16pt; margin: 0 0 4mm; }
h2 { font-size: 11.5pt; margin: 4mm 0 1mm; }
p, ul { margin: 0 0 1mm; }
.top { display: flex; gap: 6mm; align-items: flex-start; flex-wrap: wrap; }
table { border-collapse: collapse; flex: 1 1 90mm; }
th, td { text-align: left; vertical-align: top; padding: .6mm 2mm .6mm 0; }
td { overflow-wrap: anywhere; }
svg { flex: none; }
.blank { display: flex; align-items: baseline; gap: 3mm; margin: 1.5mm 0; }
.blank span:last-child { flex: 1; border-bottom: .3mm solid #000; min-height: 5mm; font-family: monospace; }
.text { font: 7pt/1.3 monospace; word-break: break-all; }
.blank span:first-child::first-letter { text-transform: uppercase; }
)";

std::string Tagged(std::string_view tag, std::string_view text) {
  const std::string name(tag);
  return absl::StrCat("<", name, ">", EscapedHtml(text), "</", name, ">\n");
}

std::string Rows(const Fields& rows) {
  std::string table = "<table>\n";
  for (const auto& [label, value] : rows) {
    absl::StrAppend(&table, "<tr><th scope=\"row\">", EscapedHtml(label), "</th><td>",
                    EscapedHtml(value), "</td></tr>\n");
  }
  return table + "</table>\n";
}

std::string Blank(const std::string& label, std::string_view filled = "") {
  return absl::StrCat("<div class=\"blank\"><span>", EscapedHtml(label), "</span><span>",
                      EscapedHtml(filled), "</span></div>\n");
}

// What shows whose it is; an attempt of nobody, or an entry in a draw of before, has nothing of the
// kind.
std::string Choice(const proof::Receipt& receipt, std::string_view nonce, const Words& words) {
  std::string blanks = Blank(words.Say("print.name"));
  if (const auto* inclusion = std::get_if<proof::InclusionReceipt>(&receipt.body)) {
    if (inclusion->entry.empty()) return "";
    blanks += Blank(words.Say("print.entry-key"));
  } else if (const auto* attempt = std::get_if<proof::AttemptReceipt>(&receipt.body)) {
    if (attempt->alternative.empty()) return "";
    blanks += Blank(words.Say("print.nonce"), nonce);
    for (const std::string& field : attempt->alternative) {
      blanks += Blank(words.OfCode("field", field));
    }
  } else {
    blanks += Blank(words.Say("print.holder-key"));
  }
  return Tagged("h2", words.Say("print.choice")) + Tagged("p", words.Say("print.choice.why")) +
         blanks;
}

}  // namespace

std::string EscapedHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string QrCode(std::string_view text, std::string_view label) {
  constexpr int kQuiet = 4;
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeData(static_cast<int>(text.size()),
                        reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M),
      &QRcode_free);
  CHECK(code != nullptr);  // the longest receipt fits (base/limits.h)
  const int width = code->width;
  const auto dark = [&](int x, int y) { return (code->data[y * width + x] & 1) != 0; };
  std::string path;
  for (int y = 0; y < width; ++y) {
    for (int x = 0; x < width; ++x) {
      if (!dark(x, y)) continue;
      const int begin = x;
      while (x + 1 < width && dark(x + 1, y)) ++x;
      const int run = x + 1 - begin;
      absl::StrAppend(&path, "M", begin + kQuiet, " ", y + kQuiet, "h", run, "v1h-", run, "z");
    }
  }
  const int side = width + 2 * kQuiet;
  // 0.7 mm a module: what a telephone reads from a hand's breadth. The longest receipts have
  // smaller ones, down to 0.39 mm, so that the form stays one page.
  constexpr int kWidestMm = 72;
  const std::string size = absl::StrCat(std::min(side * 7 / 10, kWidestMm), "mm");
  return absl::StrCat("<svg width=\"", size, "\" height=\"", size, "\" viewBox=\"0 0 ", side, " ",
                      side, "\" role=\"img\" shape-rendering=\"crispEdges\" aria-label=\"",
                      EscapedHtml(label), "\"><rect width=\"", side, "\" height=\"", side,
                      "\" fill=\"#fff\"/><path d=\"", path, "\"/></svg>\n");
}

std::string ReceiptForm(const proof::Receipt& receipt, std::string_view text, bool checked,
                        std::string_view nonce, const Words& words) {
  const ReceiptText told = InWords(receipt, words);
  std::string not_proved;
  for (const std::string& line : told.not_proved) not_proved += Tagged("li", line);
  return absl::StrCat(
      "<!doctype html>\n<html lang=\"", words.lang(), "\">\n<head>\n<meta charset=\"utf-8\">\n",
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n",
      Tagged("title", told.title), "<style>", kStyle, "</style>\n</head>\n<body>\n",
      Tagged("h1", told.title), "<div class=\"top\">\n", Rows(told.rows),
      QrCode(text, words.Say("print.qr")), "</div>\n", Tagged("h2", words.Say("proves")),
      Tagged("p", told.proves), Tagged("h2", words.Say("not")), "<ul>\n", not_proved, "</ul>\n",
      Choice(receipt, nonce, words), Tagged("h2", words.Say("print.text")), "<p class=\"text\">",
      EscapedHtml(text), "</p>\n", Tagged("p", words.Say("print.check")),
      Tagged("p", words.Say(checked ? "print.checked" : "print.unchecked")), "</body>\n</html>\n");
}

}  // namespace creneau::ctl
