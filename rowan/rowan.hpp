#pragma once
// The one header an application includes; a host's header comes beside it.
#include <rowan/base/config_error.hpp>
#include <rowan/engine/auth.hpp>
#include <rowan/engine/web/controller.hpp>
#include <rowan/engine/web/guards.hpp>
#include <rowan/engine/web/routes.hpp>
#include <rowan/engine/web/site.hpp>
#include <rowan/rooms.hpp>
