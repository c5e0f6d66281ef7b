#pragma once
// The one header an application includes; a host's header comes beside it.
#include <rowan/base/config_error.hpp>
#include <rowan/engine/auth.hpp>
#include <rowan/engine/controller.hpp>
#include <rowan/engine/guards.hpp>
#include <rowan/engine/routes.hpp>
#include <rowan/engine/site.hpp>
#include <rowan/rooms.hpp>
