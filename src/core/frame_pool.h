// Memory for coroutine frames, kept for the next coroutine of about the same size.
//
// A request makes a handful of frames of 100-1500 bytes and drops them all; malloc and free cost 20-40 ns each.
// Freed frames go to a list of the thread that frees them, at most kKeepMax per size class.
// Thread: any; each thread has its own lists, and a frame may be freed by another thread than its maker.
#pragma once
#include <cstddef>

namespace propylon {

void* allocate_frame(std::size_t bytes);
void free_frame(void* frame, std::size_t bytes) noexcept;

}  // namespace propylon
