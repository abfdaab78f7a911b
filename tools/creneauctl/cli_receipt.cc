#include "tools/creneauctl/cli_receipt.h"

namespace creneau::ctl {
namespace {

void Common(CLI::App* leaf, Command* command) {
  leaf->add_option("FILE", command->file, "the receipt's text; - for stdin")->required();
  leaf->add_option("--lang", command->lang, "fr or en [fr]")->check(CLI::IsMember({"fr", "en"}));
}

}  // namespace

void AddReceiptCommands(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  CLI::App* get =
      leaf(group, Verb::kReceiptGet, "get",
           "--admin data/admin.sock receipt get refusal.json --out receipt.txt --nonce nonce.txt",
           "The signed receipt of an attempt, and the nonce that shows whose it is.\n"
           "Within thirty days; the same again whenever it is asked for.");
  get->add_option("FILE", command->file,
                  "the refusal (JSON) with its attempt, or the attempt alone; - for stdin")
      ->required();
  get->add_option("--out", command->out_file, "new file for the receipt (mode 0600)")->required();
  get->add_option("--nonce", command->nonce_file, "new file for the nonce (mode 0600)")->required();
  CLI::App* verify =
      leaf(group, Verb::kReceiptVerify, "verify",
           "receipt verify receipt.txt --key receipt.pub --nonce nonce.txt --applicant ada.json",
           "Whether it is genuine, and whose it is; exit code 5 if not. No engine is needed.\n"
           "--nonce and --applicant show that an attempt is that person's, --holder-key that an "
           "appointment or an entry in a draw is.");
  Common(verify, command);
  verify
      ->add_option("--key", command->public_key_files,
                   "the office's public key (receipt.pub), or what GET /v1/keys answered; once for "
                   "each")
      ->required();
  verify->add_option("--nonce", command->nonce_file, "file with the nonce that came with it");
  verify->add_option("--applicant", command->applicant_file,
                     "JSON file with the fields that the applicant had given");
  verify->add_option("--holder-key", command->key_file,
                     "file with the key of the reservation or the entry");
  CLI::App* show = leaf(group, Verb::kReceiptShow, "show", "receipt show receipt.txt --lang en",
                        "What it says, in words. Checks no signature.");
  Common(show, command);
  CLI::App* print =
      leaf(group, Verb::kReceiptPrint, "print",
           "receipt print receipt.txt --key receipt.pub --out receipt.html",
           "A page of A4 to print, as HTML, with the signed text as a QR code.\n"
           "Whose it is has lines to be filled in by hand. Nothing is printed that --key shows not "
           "to be genuine.");
  Common(print, command);
  print->add_option("--key", command->public_key_files, "as for verify [not checked]");
  print->add_option("--nonce", command->nonce_file, "file with the nonce, to be printed [a line]");
  print->add_option("--out", command->out_file, "new file (mode 0600) [stdout]");
}

}  // namespace creneau::ctl
