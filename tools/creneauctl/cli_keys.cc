#include "tools/creneauctl/cli_keys.h"

#include "base/limits.h"

namespace creneau::ctl {
namespace {

constexpr const char* kOutHelp =
    "new file for the secret (mode 0600); it is shown nowhere else, and kept nowhere else";

void AddPepperCommands(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  leaf(group, Verb::kKeyPeppers, "peppers", "--admin data/admin.sock key peppers",
       "What applicants are hashed with: each pepper, and the agendas that use it.");
  CLI::App* renew =
      leaf(group, Verb::kKeyNewPepper, "new-pepper",
           "--admin data/admin.sock key new-pepper 2 --agenda 93-titres",
           "Has agendas in which nothing is under way use another pepper from now on.\n"
           "The next number makes one; the newest takes along those that stayed behind. Their "
           "rosters\nand links are void: import rosters anew.");
  renew->add_option("--agenda", command->agenda, "only this one, and its group [all]");
  CLI::App* retire = leaf(
      group, Verb::kKeyRetire, "retire", "--admin data/admin.sock key retire 1",
      "Destroys a pepper that no agenda uses, once their retention is over.\n"
      "What was hashed with it can then be connected to nobody, by nobody. Destroy its backups "
      "too.");
  for (CLI::App* one : {renew, retire}) {
    one->add_option("EPOCH", command->epoch, "the pepper's number: 2 is KEYS/pepper.2")
        ->required()
        ->check(CLI::Range(1u, limits::kPepperEpochs));
    DryRun(one, command);
  }
}

}  // namespace

bool IsOfKeys(Verb verb) {
  return verb == Verb::kKeyCreate || verb == Verb::kKeyList || verb == Verb::kKeyRotate ||
         verb == Verb::kKeyRevoke;
}

void AddKeyOptions(CLI::App* app, Command* command) {
  app->add_option("--url", command->url,
                  "instead: its public listener, http://127.0.0.1:8080 (figures only)");
  app->add_option("--bearer", command->bearer_file,
                  "file with a key of the staff to show; - for stdin");
}

// http_client.h has it as an address.
std::string TakeUrl(Command* command) {
  if (command->url.empty()) return "";
  constexpr std::string_view kHttp = "http://";
  std::string_view url = command->url;
  const bool http = url.substr(0, kHttp.size()) == kHttp;
  if (http) url.remove_prefix(kHttp.size());
  if (!url.empty() && url.back() == '/') url.remove_suffix(1);
  if (!http || url.empty() || url.find_first_of("/@?# ") != std::string_view::npos ||
      url.find(':') == std::string_view::npos || !command->admin.empty()) {
    return "creneauctl: --url is http://ADDRESS:PORT, and instead of --admin. There is no TLS "
           "here: from another machine, through a tunnel (ssh -L) or a proxy that has it\n";
  }
  command->admin = "tcp:" + std::string(url);
  return "";
}

void AddKeyCommands(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  AddPepperCommands(group, leaf, command);
  CLI::App* create =
      leaf(group, Verb::kKeyCreate, "create",
           "key create --keys data/keys --role agent --person a.dupont --agenda 93-titres --out "
           "dupont.key",
           "A key of one person, or of one site.\n"
           "Two that stand at once at most for each person and role. SIGHUP puts it in force.");
  create->add_option("--role", command->role, "what it may do")
      ->required()
      ->check(CLI::IsMember({"site", "agent", "helper", "operator", "auditor"}));
  create->add_option("--person", command->person, "whose it is, e.g. a.dupont; of a site its name")
      ->required();
  create->add_option("--agenda", command->agendas, "only for this one; once for each [all]")
      ->allow_extra_args(false);
  create->add_option("--days", command->days, "until it expires")
      ->check(CLI::Range(int64_t{1}, limits::kStaffKeyDaysMax))
      ->capture_default_str();
  create->add_option("--assert-key", command->assert_key_file,
                     "of a site: file with the Ed25519 public key (hexadecimal) with which it "
                     "vouches for applicants");
  CLI::App* list = leaf(group, Verb::kKeyList, "list", "key list --keys data/keys",
                        "Those there are; never a secret, nor what it could be guessed from.");
  CLI::App* rotate =
      leaf(group, Verb::kKeyRotate, "rotate",
           "key rotate 7K3M9QXA --keys data/keys --overlap-days 7 --out dupont-2.key",
           "A new key like that one, which then ends with the overlap.");
  rotate->add_option("--overlap-days", command->overlap_days, "so long both stand")
      ->check(CLI::Range(0, 90))
      ->capture_default_str();
  CLI::App* revoke = leaf(group, Verb::kKeyRevoke, "revoke", "key revoke 7K3M9QXA --keys data/keys",
                          "Ends a key at once, when the engine is sent SIGHUP.");
  for (CLI::App* one : {rotate, revoke})
    one->add_option("ID", command->key_id, "the key's, as key list has it")->required();
  for (CLI::App* one : {create, rotate})
    one->add_option("--out", command->out_file, kOutHelp)->required();
  for (CLI::App* one : {create, rotate, revoke}) DryRun(one, command);
  for (CLI::App* one : {create, list, rotate, revoke})
    one->add_option("--keys", command->keys, "the daemon's keys (DATA/keys)")->required();
}

}  // namespace creneau::ctl
