// Who of the staff books which seats for whom (design 5). Pure: a role, a channel and an agenda in,
// a verdict out.
#pragma once

#include <string_view>

#include "base/ids.h"
#include "rules/agenda.h"
#include "rules/roles.h"

namespace creneau::rules {

// An agent books for whoever calls, comes or writes. A helper, of an association or a lawyer, books
// where anybody could have called or come: letters are opened by the office alone. Web seats are
// for those who book themselves, court seats for mandates.
constexpr bool MayBook(Role role, Channel channel) {
  switch (channel) {
    case Channel::kPhone:
    case Channel::kDesk:
      return role == Role::kAgent || role == Role::kHelper;
    case Channel::kPost:
      return role == Role::kAgent;
    case Channel::kWeb:
    case Channel::kCourt:
      return false;
  }
  return false;
}

// How an applicant's identity is taken at the desk.
enum class DeskIdentity : unsigned char {
  kSeen,      // an agent has the papers before him: neither a roster nor a website has to know
  kDeclared,  // a helper says whose it is, as anybody on the web would
  kListed,    // the same, of whoever the roster has
  kRefused,   // only the website's word counts, and a helper is not the website
};
constexpr DeskIdentity IdentityAtDesk(Role role, IdentityProof proof) {
  if (role == Role::kAgent) return DeskIdentity::kSeen;
  switch (proof) {
    case IdentityProof::kDeclared:
      return DeskIdentity::kDeclared;
    case IdentityProof::kListed:
      return DeskIdentity::kListed;
    case IdentityProof::kAsserted:
      return DeskIdentity::kRefused;
  }
  return DeskIdentity::kRefused;
}

// What is said then.
inline constexpr std::string_view kNotVouchedFor =
    "in this agenda the website vouches for who somebody is, or an agent who has seen the papers: "
    "a helper cannot";

// What a desk act with that channel is told when MayBook says no; empty: it may.
std::string_view WhyNotAtDesk(Role role, Channel channel);

}  // namespace creneau::rules
