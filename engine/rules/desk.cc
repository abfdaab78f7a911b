#include "rules/desk.h"

namespace creneau::rules {

std::string_view WhyNotAtDesk(Role role, Channel channel) {
  if (MayBook(role, channel)) return {};
  if (channel == Channel::kWeb)
    return "web seats are for those who book themselves: say phone, desk or post";
  if (channel == Channel::kCourt)
    return "court seats are given by a mandate: enter one, and have a second person approve it";
  return role == Role::kHelper ? "a helper books in phone or desk: letters are the office's"
                               : "this seat is booked by an agent";
}

}  // namespace creneau::rules
