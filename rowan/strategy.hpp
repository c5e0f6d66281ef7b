#pragma once
// The one header a strategy of your own includes: what it declares, and the parts that the library's own are made of
// (docs/your_own_strategy.md). Applications that only use strategies need rowan/rowan.hpp alone.
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/engine/parts/addressee.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/mailed_code.hpp>
#include <rowan/engine/parts/new_account.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/engine/strategy.hpp>
#include <rowan/tokens/codes.hpp>
#include <rowan/tokens/link_tokens.hpp>
