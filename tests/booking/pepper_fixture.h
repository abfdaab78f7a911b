// An office whose peppers are looked after.
#pragma once

#include <filesystem>
#include <fstream>

#include "booking/pepper_files.h"
#include "rules/identity.h"
#include "tests/booking/log_lines.h"

namespace creneau::booking {

class Peppered : public World {
 public:
  Peppered() { REQUIRE(Publish("93-titres", AgendaToml()).outcome == Outcome::kOk); }

  static rules::Applicant Person(std::string_view dossier) {
    rules::Applicant applicant;
    applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
    applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
    return applicant;
  }
  PepperAnswer Renew(uint32_t epoch, std::string_view agenda = "", bool dry_run = false) {
    return engine->RenewPepper({epoch, agenda, dry_run}, kTester);
  }
  RetireAnswer Retire(uint32_t epoch, bool dry_run = false) {
    return engine->RetirePepper(epoch, dry_run, kTester);
  }
  // Which one the agenda's group is in.
  uint32_t EpochOf(std::string_view agenda) {
    for (const PepperListing& pepper : engine->ListPeppers()) {
      for (const AgendaInfo* user : pepper.agendas) {
        if (user->rules.name == agenda) return pepper.epoch;
      }
    }
    return 0;
  }
  std::string KeyPath(const std::string& name) const { return directory + "/keys/" + name; }
  bool HasKey(const std::string& name) const { return std::filesystem::exists(KeyPath(name)); }
  std::string KeyText(const std::string& name) const {
    std::ifstream in(KeyPath(name));
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  void PutKey(const std::string& name, const std::string& text) {
    std::ofstream(KeyPath(name), std::ios::binary | std::ios::trunc) << text;
  }

  LogLines Log() { return LinesOf(*this); }
  // Another start, and what it would be by each snapshot and by the whole log alone.
  void Again() {
    const std::string digest = engine->Digest();
    Restart();
    CHECK(engine->Digest() == digest);
    Stop();
    CHECK(AuditLog(files, directory + "/data")->digest == digest);
    const auto audits = AuditSnapshots(files, directory + "/data");
    REQUIRE(audits.ok());
    for (const SnapshotAudit& audit : *audits) CHECK(audit.status.ok());
    Start();
  }
};

}  // namespace creneau::booking
