#if defined(ROWAN_HAS_STORAGE_SQLITE) || defined(ROWAN_HAS_STORAGE_POSTGRES)
#include <soci/soci.h>
#include <rowan/base/utf8.hpp>
#include <rowan/storage/statement.hpp>

namespace rowan::storage {

struct Statement::Parameter {
  std::string name{};
  std::string text{};
  long long number = 0;
  soci::indicator state = soci::i_null;
  bool is_number = false;
  std::uint64_t given_in = 0;  // the run that set it last
};

struct Statement::Column {
  std::string text{};
  soci::indicator state = soci::i_null;
};

struct Statement::Parts {
  explicit Parts(soci::session& session) : statement(session) {}
  soci::statement statement;
  std::vector<Parameter> parameters{};  // sized once: SOCI keeps addresses into it
  std::vector<Column> columns{};
  SqlNames names{};
  std::uint64_t run = 0;
  bool attached = false;
};

Statement::Statement(soci::session& session, std::string_view text, Kept kept)
    : parts_(std::make_unique<Parts>(session)) {
  parts_->statement.alloc();
  parts_->statement.prepare(std::string(text),
                            kept == Kept::here ? soci::details::st_one_time_query : soci::details::st_repeatable_query);
}

Statement::~Statement() = default;

soci::details::statement_backend& Statement::backend() { return *parts_->statement.get_backend(); }

void Statement::set_shape(const StatementShape& shape) {
  parts_->parameters.resize(shape.parameters.size());
  for (std::size_t i = 0; i < shape.parameters.size(); ++i) parts_->parameters[i].name = shape.parameters[i];
  parts_->columns.resize(shape.columns.size());
  parts_->names = std::make_shared<const std::vector<std::string>>(shape.columns);
}

Result<> Statement::bind(SqlParams params) {
  ++parts_->run;
  bool changed_kind = false;
  std::size_t position = 0;
  for (const auto& [name, value] : params) {
    Parameter* const parameter = find(name, position++);
    if (!parameter) continue;
    parameter->given_in = parts_->run;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      changed_kind |= !parameter->is_number;
      parameter->is_number = true;
      parameter->number = *number;
      parameter->state = soci::i_ok;
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      if (!is_storable_text(*text)) {
        return Error{.code = ErrorCode::internal, .reason = "no storable text in :" + parameter->name};
      }
      changed_kind |= parameter->is_number;
      parameter->is_number = false;
      parameter->text = *text;
      parameter->state = soci::i_ok;
    } else {
      parameter->state = soci::i_null;
    }
  }
  for (const auto& parameter : parts_->parameters) {
    if (parameter.given_in != parts_->run) {
      return Error{.code = ErrorCode::internal, .reason = "no value for :" + parameter.name};
    }
  }
  if (!parts_->attached || changed_kind) attach();
  return {};
}

// Callers nearly always write the parameters in the statement's order: try that place first.
Statement::Parameter* Statement::find(std::string_view name, std::size_t guess) {
  auto& parameters = parts_->parameters;
  if (guess < parameters.size() && parameters[guess].name == name) return &parameters[guess];
  for (auto& parameter : parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

void Statement::attach() {
  auto& statement = parts_->statement;
  statement.bind_clean_up();
  for (auto& parameter : parts_->parameters) {
    if (parameter.is_number) {
      statement.exchange(soci::use(std::as_const(parameter.number), parameter.state, parameter.name));
    } else {
      statement.exchange(soci::use(std::as_const(parameter.text), parameter.state, parameter.name));
    }
  }
  for (auto& column : parts_->columns) statement.exchange(soci::into(column.text, column.state));
  statement.define_and_bind();
  parts_->attached = true;
}

void Statement::detach() {
  parts_->statement.bind_clean_up();
  parts_->attached = false;
}

void Statement::run(std::vector<SqlRow>* rows) {
  bool more = parts_->statement.execute(true);
  if (parts_->columns.empty()) return;
  while (more) {
    if (rows) rows->push_back(take_row());
    more = parts_->statement.fetch();
  }
}

SqlRow Statement::take_row() {
  std::vector<std::optional<std::string>> values(parts_->columns.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto& column = parts_->columns[i];
    if (column.state != soci::i_null) values[i].emplace(column.text);
  }
  return {parts_->names, std::move(values)};
}

}  // namespace rowan::storage
#endif
