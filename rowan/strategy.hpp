#pragma once
// The one header a strategy of your own includes: what it declares, and the parts that the library's own are made of
// (docs/your_own_strategy.md). Applications that only use strategies need rowan/rowan.hpp alone.
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/engine/addressee.hpp>
#include <rowan/engine/letters.hpp>
#include <rowan/engine/mailed_code.hpp>
#include <rowan/engine/new_account.hpp>
#include <rowan/engine/phase_parts.hpp>
#include <rowan/engine/strategy.hpp>
#include <rowan/tokens/codes.hpp>
#include <rowan/tokens/link_tokens.hpp>
