// Within codec only: the service record and its counts for people (one line) or programs (one JSON
// object), as DescribeRecord tells them.
#pragma once

#include <string>

#include "codec/service.h"

namespace creneau::codec {

std::string Describe(const ServiceMinute& minute, bool json);
std::string Describe(const ChannelTotals& totals, bool json);

}  // namespace creneau::codec
