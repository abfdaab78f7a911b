#include "rules/agenda.h"

#include "base/check.h"

namespace creneau::rules {

std::string_view PolicyName(Policy policy) {
  switch (policy) {
    case Policy::kDirect:
      return "direct";
    case Policy::kQueue:
      return "queue";
    case Policy::kDraw:
      return "draw";
  }
  CHECK(false);
}

std::string_view IdentityProofName(IdentityProof proof) {
  switch (proof) {
    case IdentityProof::kDeclared:
      return "declared";
    case IdentityProof::kListed:
      return "listed";
    case IdentityProof::kAsserted:
      return "asserted";
  }
  CHECK(false);
}

std::string_view ProofDemandName(ProofDemand demand) {
  switch (demand) {
    case ProofDemand::kOff:
      return "off";
    case ProofDemand::kLoad:
      return "load";
    case ProofDemand::kAlways:
      return "always";
  }
  CHECK(false);
}

std::string_view CourtOverflowName(CourtOverflow overflow) {
  switch (overflow) {
    case CourtOverflow::kAdd:
      return "add";
    case CourtOverflow::kCount:
      return "count";
  }
  CHECK(false);
}

std::optional<CourtOverflow> CourtOverflowFromName(std::string_view name) {
  for (const CourtOverflow overflow : {CourtOverflow::kAdd, CourtOverflow::kCount}) {
    if (CourtOverflowName(overflow) == name) return overflow;
  }
  return std::nullopt;
}

std::optional<ProofDemand> ProofDemandFromName(std::string_view name) {
  for (const ProofDemand demand : {ProofDemand::kOff, ProofDemand::kLoad, ProofDemand::kAlways}) {
    if (ProofDemandName(demand) == name) return demand;
  }
  return std::nullopt;
}

std::optional<Policy> PolicyFromName(std::string_view name) {
  for (const Policy policy : {Policy::kDirect, Policy::kQueue, Policy::kDraw}) {
    if (PolicyName(policy) == name) return policy;
  }
  return std::nullopt;
}

std::optional<IdentityProof> IdentityProofFromName(std::string_view name) {
  for (const IdentityProof proof :
       {IdentityProof::kDeclared, IdentityProof::kListed, IdentityProof::kAsserted}) {
    if (IdentityProofName(proof) == name) return proof;
  }
  return std::nullopt;
}

}  // namespace creneau::rules
