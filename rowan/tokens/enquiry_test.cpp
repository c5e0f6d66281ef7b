#include <rowan/testing/temporary_database.hpp>
#include <rowan/tokens/enquiry.hpp>
#include <rowan/tokens/tokens_fixture_for_tests.hpp>
#include <thread>

namespace rowan::tokens {
namespace {

using namespace for_tests;

// A reader that answers when the test lets it.
class HeldReader final : public Database {
 public:
  explicit HeldReader(Database& inner) : inner_(&inner) {}
  Dialect dialect() const override { return inner_->dialect(); }
  std::unique_ptr<OwnReader> own_reader() override { return std::make_unique<Reader>(*this); }
  std::atomic<bool> held{true};
  std::atomic<int> questions{0};

 private:
  class Reader final : public OwnReader {
   public:
    explicit Reader(HeldReader& owner) : owner_(&owner), inner_(owner.inner_->own_reader()) {}

   private:
    Result<> with_reader(const std::function<void(SqlConnection&)>& work) override {
      ++owner_->questions;
      while (owner_->held) std::this_thread::sleep_for(1ms);
      return inner_->read([&](SqlConnection& connection) -> Result<> {
        work(connection);
        return {};
      });
    }
    HeldReader* owner_;
    std::unique_ptr<OwnReader> inner_;
  };
  Result<> with_reader(const std::function<void(SqlConnection&)>&) override { return {}; }
  Result<> with_transaction(const std::function<Result<>(Transaction&)>&, Durability) override { return {}; }
  Database* inner_;
};

class Enquiring : public TokensOn {
 protected:
  Enquiring() {
    const auto node = this->node();
    EXPECT_TRUE(node->numbers.take());
    kill(*node, 7);
    first_ = std::jthread([this] { EXPECT_TRUE(enquiry_.ask({1}, 1min)); });
    while (held_.questions == 0) std::this_thread::sleep_for(1ms);
  }
  ~Enquiring() override { held_.held = false; }
  static std::vector<std::int64_t> many(std::size_t count) { return std::vector<std::int64_t>(count, 5); }

  HeldReader held_{*database_};
  Enquiry enquiry_{held_};
  std::jthread first_{};  // its question is under way
};
INSTANTIATE_TEST_SUITE_P(Databases, Enquiring, every_database(), name_of_database);

TEST_P(Enquiring, RefusesAtOnceWhatDoesNotFitIntoTheNextBatch) {
  std::atomic<int> refused{0}, answered{0};
  std::vector<std::jthread> others;
  for (int i = 0; i < 3; ++i)  // two of them fit
    others.emplace_back([&] {
      const auto answer = enquiry_.ask(many(4'000), 1min);
      if (answer) return static_cast<void>(++answered);
      EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
      EXPECT_TRUE(answer.error().retry_after);
      ++refused;
    });
  for (int i = 0; i < 10'000 && refused == 0; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(refused, 1) << "while the first question is not answered yet";
  held_.held = false;
  others.clear();
  EXPECT_EQ(answered, 2);
  EXPECT_EQ(held_.questions, 2) << "one for the first, one for both others";
}

TEST_P(Enquiring, AnAbandonedFullBatchBlocksNoOne) {
  EXPECT_FALSE(enquiry_.ask(many(10'000), 1ms)) << "too late";
  held_.held = false;
  first_.join();
  const auto later = enquiry_.ask({7}, 1min);
  ASSERT_TRUE(later) << later.error().reason;
  EXPECT_EQ((*later)->dead, std::set<std::int64_t>{7});
}

}  // namespace
}  // namespace rowan::tokens
