#include "core/frame_pool.h"

#include <array>
#include <new>

namespace propylon {
namespace {

constexpr std::size_t kClassBytes = 128;
constexpr std::size_t kClasses = 32;  // frames above 4 KiB go to the heap
constexpr std::size_t kKeepMax = 1024;

struct Pool {
  struct Node {
    Node* next;
  };
  struct List {
    Node* head = nullptr;
    std::size_t count = 0;
  };
  std::array<List, kClasses> lists;

  ~Pool() {
    for (auto& list : lists) {
      while (Node* node = list.head) {
        list.head = node->next;
        ::operator delete(node);
      }
    }
  }
};

thread_local Pool pool;

constexpr std::size_t class_of(std::size_t bytes) { return (bytes + kClassBytes - 1) / kClassBytes - 1; }

}  // namespace

void* allocate_frame(std::size_t bytes) {
  const std::size_t c = class_of(bytes);
  if (c >= kClasses) return ::operator new(bytes);
  auto& list = pool.lists[c];
  if (auto* node = list.head) {
    list.head = node->next;
    --list.count;
    return node;
  }
  return ::operator new((c + 1) * kClassBytes);
}

void free_frame(void* frame, std::size_t bytes) noexcept {
  const std::size_t c = class_of(bytes);
  if (c >= kClasses || pool.lists[c].count >= kKeepMax) {
    ::operator delete(frame);
    return;
  }
  auto* node = static_cast<Pool::Node*>(frame);
  node->next = pool.lists[c].head;
  pool.lists[c].head = node;
  ++pool.lists[c].count;
}

}  // namespace propylon
