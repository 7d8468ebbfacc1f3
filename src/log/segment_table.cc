#include "log/segment_table.h"

#include <algorithm>

namespace propylon::log {

void SegmentTable::add(Row row) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t id = row.segment->id;
  if (row.index) index_version_.fetch_add(1, std::memory_order_release);
  bytes_ += row.bytes;
  rows_.insert_or_assign(id, std::move(row));
  count_waiting();
}

void SegmentTable::seal(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  rows_.at(id).sealed = true;
  count_waiting();
}

void SegmentTable::set_index(std::uint64_t id, std::shared_ptr<const SegmentIndex> index, std::uint64_t segment_bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = rows_.find(id);
  if (found == rows_.end()) return;  // removed meanwhile
  found->second.index = std::move(index);
  change_bytes(found->second, segment_bytes);
  count_waiting();
  index_version_.fetch_add(1, std::memory_order_release);
}

void SegmentTable::refuse_index(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = rows_.find(id); found != rows_.end()) found->second.index_refused = true;
  count_waiting();
}

void SegmentTable::set_bytes(std::uint64_t id, std::uint64_t segment_bytes) {
  const std::lock_guard lock(mutex_);
  if (const auto found = rows_.find(id); found != rows_.end()) change_bytes(found->second, segment_bytes);
}

std::optional<SegmentTable::Row> SegmentTable::remove(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = rows_.find(id);
  if (found == rows_.end()) return std::nullopt;
  Row row = std::move(found->second);
  rows_.erase(found);
  bytes_ -= row.bytes;
  count_waiting();
  return row;
}

void SegmentTable::replace(Row row, std::uint64_t first) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t last = row.segment->id;
  for (auto at = rows_.lower_bound(first); at != rows_.end() && at->first <= last; at = rows_.erase(at)) {
    bytes_ -= at->second.bytes;
    if (at->first != last) replaced_.emplace(at->first, last);
  }
  bytes_ += row.bytes;
  rows_.emplace(last, std::move(row));
}

void SegmentTable::forget_replaced(std::uint64_t first, std::uint64_t last) {
  const std::lock_guard lock(mutex_);
  replaced_.erase(replaced_.lower_bound(first), replaced_.upper_bound(last));
}

SegmentTable::Rows::const_iterator SegmentTable::find(std::uint64_t id) const {
  const auto replaced = replaced_.find(id);
  return rows_.find(replaced == replaced_.end() ? id : replaced->second);
}

SegmentPin SegmentTable::segment(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = find(id);
  return found == rows_.end() ? nullptr : found->second.segment;
}

std::optional<SegmentTable::Row> SegmentTable::row(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = find(id);
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

std::vector<SegmentTable::Row> SegmentTable::rows(std::uint64_t first) const {
  const std::lock_guard lock(mutex_);
  std::vector<Row> all;
  for (auto at = rows_.lower_bound(first); at != rows_.end(); ++at) all.push_back(at->second);
  return all;
}

std::optional<SegmentTable::Row> SegmentTable::to_index() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, row] : rows_) {
    if (waits(row)) return row;
  }
  return std::nullopt;
}

std::size_t SegmentTable::size() const {
  const std::lock_guard lock(mutex_);
  return rows_.size();
}

void SegmentTable::change_bytes(Row& row, std::uint64_t segment_bytes) {
  bytes_ += segment_bytes - row.bytes;  // modulo 2^64 when it shrinks
  row.bytes = segment_bytes;
}

void SegmentTable::count_waiting() {
  waiting_ = static_cast<std::size_t>(std::ranges::count_if(rows_, [](const auto& at) { return waits(at.second); }));
}

}  // namespace propylon::log
